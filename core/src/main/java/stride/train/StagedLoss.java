package stride.train;

/**
 * A loss that runs layers beyond the outputs that it reads, on inputs that it makes of them: the
 * second stage of a detector with two. Made by {@link Loss#forPlan} for one plan, and used by one
 * thread. The layers' weights are the network's, and their gradients are added to those that the
 * plan computes.
 */
public interface StagedLoss extends Loss {
  /**
   * Adds the gradients of the weights of these layers, those of the last {@link #apply}, to the
   * gradients of all weights.
   *
   * @param gradients the gradients of all weights of the network
   * @param share what they are multiplied by
   */
  void addGradients(float[] gradients, float share);
}
