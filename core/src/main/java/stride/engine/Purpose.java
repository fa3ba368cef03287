package stride.engine;

import java.util.HashSet;
import java.util.Set;
import stride.graph.Graph;

/**
 * What a plan is for. Three separate things: which outputs it computes, whether batch norm and
 * dropout behave as in training, and which gradients are wanted. Begin with {@link #inference} or
 * {@link #training} and change what you need.
 *
 * @param outputs names of the outputs that are computed; empty for all of them
 * @param batchStatistics batch norm uses the batch's statistics and updates the running ones
 * @param dropout whether dropout is active
 * @param frozen names of nodes that use running statistics, apply no dropout and get no gradients
 *     of their weights, whatever the other settings are
 * @param weightGradients whether the gradients of the weights are wanted, those of frozen nodes
 *     excluded
 * @param inputGradients names of the inputs whose gradients are wanted
 * @param observed whether the values of all nodes are kept, for {@link Plan#value}: nothing is
 *     fused, and no two of them share memory
 */
public record Purpose(
    Set<String> outputs,
    boolean batchStatistics,
    boolean dropout,
    Set<String> frozen,
    boolean weightGradients,
    Set<String> inputGradients,
    boolean observed) {

  public Purpose {
    outputs = Set.copyOf(outputs);
    frozen = Set.copyOf(frozen);
    inputGradients = Set.copyOf(inputGradients);
  }

  /** The network's own output alone, with running statistics, no dropout, no gradients. */
  public static Purpose inference() {
    return new Purpose(Set.of(Graph.OUTPUT), false, false, Set.of(), false, Set.of(), false);
  }

  /** All outputs, with batch statistics and dropout, and the gradients of all weights. */
  public static Purpose training() {
    return new Purpose(Set.of(), true, true, Set.of(), true, Set.of(), false);
  }

  /** This purpose with these outputs, of which at least one is named. */
  public Purpose withOutputs(String first, String... others) {
    var names = new HashSet<>(Set.of(others));
    names.add(first);
    return new Purpose(
        names, batchStatistics, dropout, frozen, weightGradients, inputGradients, observed);
  }

  /** This purpose with all outputs. */
  public Purpose withAllOutputs() {
    return new Purpose(
        Set.of(), batchStatistics, dropout, frozen, weightGradients, inputGradients, observed);
  }

  /** This purpose with the batch's statistics, or with the running ones. */
  public Purpose withBatchStatistics(boolean batchStatistics) {
    return new Purpose(
        outputs, batchStatistics, dropout, frozen, weightGradients, inputGradients, observed);
  }

  /** This purpose with dropout or without. */
  public Purpose withDropout(boolean dropout) {
    return new Purpose(
        outputs, batchStatistics, dropout, frozen, weightGradients, inputGradients, observed);
  }

  /** This purpose with the nodes of these names, and no others, frozen. */
  public Purpose freezing(Set<String> nodes) {
    return new Purpose(
        outputs, batchStatistics, dropout, nodes, weightGradients, inputGradients, observed);
  }

  /** This purpose with the gradients of the weights, or without. */
  public Purpose withWeightGradients(boolean weightGradients) {
    return new Purpose(
        outputs, batchStatistics, dropout, frozen, weightGradients, inputGradients, observed);
  }

  /** This purpose with the gradient of the only input of a network. */
  public Purpose withInputGradient() {
    return withInputGradients(Set.of(Graph.INPUT));
  }

  /** This purpose with the gradients of the inputs of these names, and of no others. */
  public Purpose withInputGradients(Set<String> inputs) {
    return new Purpose(
        outputs, batchStatistics, dropout, frozen, weightGradients, inputs, observed);
  }

  /** This purpose with the values of all nodes kept. */
  public Purpose observing() {
    return new Purpose(
        outputs, batchStatistics, dropout, frozen, weightGradients, inputGradients, true);
  }

  /**
   * Refuses a graph that lacks an output or an input that is named here.
   *
   * @throws IllegalArgumentException if it does; the message says which there are
   */
  void requireFor(Graph graph) {
    outputs.forEach(graph::output);
    inputGradients.forEach(graph::input);
  }

  /** Whether an output is computed. */
  public boolean computes(String output) {
    return outputs.isEmpty() || outputs.contains(output);
  }

  private boolean freezes(Graph.Node node) {
    return frozen.contains(node.name()) || frozen.contains(node.weights());
  }

  boolean batchStatistics(Graph.Node node) {
    return batchStatistics && !freezes(node);
  }

  boolean dropout(Graph.Node node) {
    return dropout && !freezes(node);
  }

  boolean weightGradients(Graph.Node node) {
    return weightGradients && !freezes(node);
  }

  /** Whether any gradient is wanted. */
  boolean gradients() {
    return weightGradients || !inputGradients.isEmpty();
  }
}
