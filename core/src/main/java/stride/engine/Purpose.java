package stride.engine;

import java.util.Set;

/**
 * What a plan is for. Two separate things: how nodes behave, and which gradients are wanted.
 *
 * @param batchStatistics batch norm uses the batch's statistics and updates the running ones
 * @param dropout dropout drops
 * @param weightGradients the gradients of all weights are wanted
 * @param inputGradients the gradient of the network's input is wanted
 * @param taps outputs besides the network's own are computed; a plan of gradients computes them
 * @param frozen names of nodes that are as at inference, whatever else is said: running statistics,
 *     no dropout, no gradient of their weights
 */
public record Purpose(
    boolean batchStatistics,
    boolean dropout,
    boolean weightGradients,
    boolean inputGradients,
    boolean taps,
    Set<String> frozen) {
  /** Running statistics, no dropout, no gradients. */
  public static final Purpose INFERENCE = new Purpose(false, false, false, false);

  /** The same for the network's own output alone: auxiliary heads take no time. */
  public static final Purpose PREDICTION = new Purpose(false, false, false, false, false, Set.of());

  /** Batch statistics, dropout, the gradients of all weights. */
  public static final Purpose TRAINING = new Purpose(true, true, true, false);

  /** Running statistics, no dropout, the gradients of all weights and of the input. */
  public static final Purpose GRADIENTS = new Purpose(false, false, true, true);

  public Purpose {
    frozen = Set.copyOf(frozen);
    if (!taps && (weightGradients || inputGradients)) {
      throw new IllegalArgumentException("gradients come from all outputs: taps are computed");
    }
  }

  /** A purpose with all outputs, and nothing frozen. */
  public Purpose(
      boolean batchStatistics, boolean dropout, boolean weightGradients, boolean inputGradients) {
    this(batchStatistics, dropout, weightGradients, inputGradients, true, Set.of());
  }

  /** The same with the nodes of these names, and no others, frozen. */
  public Purpose freezing(Set<String> nodes) {
    return new Purpose(batchStatistics, dropout, weightGradients, inputGradients, taps, nodes);
  }

  boolean batchStatistics(String node) {
    return batchStatistics && !frozen.contains(node);
  }

  boolean dropout(String node) {
    return dropout && !frozen.contains(node);
  }

  boolean weightGradients(String node) {
    return weightGradients && !frozen.contains(node);
  }

  boolean gradients() {
    return weightGradients || inputGradients;
  }
}
