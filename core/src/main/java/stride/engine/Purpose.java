package stride.engine;

/**
 * What a plan is for. Two separate things: how nodes behave, and which gradients are wanted.
 *
 * @param batchStatistics batch norm uses the batch's statistics and updates the running ones
 * @param dropout dropout drops
 * @param weightGradients the gradients of all weights are wanted
 * @param inputGradients the gradient of the network's input is wanted
 */
public record Purpose(
    boolean batchStatistics, boolean dropout, boolean weightGradients, boolean inputGradients) {
  /** Running statistics, no dropout, no gradients. */
  public static final Purpose INFERENCE = new Purpose(false, false, false, false);

  /** Batch statistics, dropout, the gradients of all weights. */
  public static final Purpose TRAINING = new Purpose(true, true, true, false);

  /** Running statistics, no dropout, the gradients of all weights and of the input. */
  public static final Purpose GRADIENTS = new Purpose(false, false, true, true);

  boolean gradients() {
    return weightGradients || inputGradients;
  }
}
