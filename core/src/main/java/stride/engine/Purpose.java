package stride.engine;

/**
 * What a plan is for. Two separate things: how nodes behave, and which gradients are wanted.
 *
 * @param batchStatistics batch norm uses the batch's statistics and updates the running ones
 * @param dropout dropout drops
 * @param weightGradients the gradients of all weights are wanted
 * @param inputGradients the gradient of the network's input is wanted
 * @param taps outputs besides the network's own are computed; a plan of gradients computes them
 */
public record Purpose(
    boolean batchStatistics,
    boolean dropout,
    boolean weightGradients,
    boolean inputGradients,
    boolean taps) {
  /** Running statistics, no dropout, no gradients. */
  public static final Purpose INFERENCE = new Purpose(false, false, false, false);

  /** The same for the network's own output alone: auxiliary heads take no time. */
  public static final Purpose PREDICTION = new Purpose(false, false, false, false, false);

  /** Batch statistics, dropout, the gradients of all weights. */
  public static final Purpose TRAINING = new Purpose(true, true, true, false);

  /** Running statistics, no dropout, the gradients of all weights and of the input. */
  public static final Purpose GRADIENTS = new Purpose(false, false, true, true);

  public Purpose {
    if (!taps && (weightGradients || inputGradients)) {
      throw new IllegalArgumentException("gradients come from all outputs: taps are computed");
    }
  }

  /** A purpose with all outputs. */
  public Purpose(
      boolean batchStatistics, boolean dropout, boolean weightGradients, boolean inputGradients) {
    this(batchStatistics, dropout, weightGradients, inputGradients, true);
  }

  boolean gradients() {
    return weightGradients || inputGradients;
  }
}
