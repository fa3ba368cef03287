package stride.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import stride.graph.Graph;
import stride.graph.WeightTable;

/**
 * Adjacent weights that are updated in the same way.
 *
 * @param from the index of the first one in the array of all weights
 * @param count the number of weights
 * @param rate the factor of the learning rate
 * @param decays whether weight decay acts on them
 * @param since the number of steps done before they began to learn
 * @param tensor the number of the tensor that they are a part of, if it has a rate of its own; else
 *     {@link #NONE}
 */
record ParameterGroup(int from, int count, double rate, boolean decays, long since, int tensor) {
  /** Instead of the number of a tensor. */
  static final int NONE = -1;

  /** Returns one group of all weights. */
  static List<ParameterGroup> all(int weights) {
    return List.of(new ParameterGroup(0, weights, 1, true, 0, NONE));
  }

  /** Returns a group for each tensor, all of which learn in the same way. */
  static List<ParameterGroup> tensors(WeightTable table) {
    var groups = new ArrayList<ParameterGroup>();
    for (var entry : table.weights()) {
      var shape = entry.parameter().shape();
      int count = WeightTable.aligned(shape.elements());
      int tensor = shape.rank() > 1 ? groups.size() : NONE;
      groups.add(new ParameterGroup(entry.offset(), count, 1, true, 0, tensor));
    }
    return List.copyOf(groups);
  }

  /**
   * Returns the weights that learn, in as few groups as possible.
   *
   * @param frozen the names of nodes that do not learn
   * @param heads the names of the nodes that learn with the head's rate
   * @param since the number of steps done before weights outside of the head began to learn
   * @param tensors whether each tensor of two and more dimensions is a group of its own
   */
  static List<ParameterGroup> of(
      Graph graph,
      WeightTable table,
      Set<String> frozen,
      Set<String> heads,
      long since,
      FineTuning fineTuning,
      UpdateOptions updateOptions,
      boolean tensors) {
    var groups = new ArrayList<ParameterGroup>();
    for (var entry : table.weights()) {
      String node = graph.nodes().get(entry.node()).name();
      if (frozen.contains(node)) {
        continue;
      }
      var shape = entry.parameter().shape();
      var next =
          new ParameterGroup(
              entry.offset(),
              WeightTable.aligned(shape.elements()),
              heads.contains(node) ? fineTuning.headRate() : 1,
              updateOptions.decaysAll() || shape.rank() > 1,
              heads.contains(node) ? 0 : since,
              tensors && shape.rank() > 1 ? groups.size() : NONE);
      var last = groups.isEmpty() ? null : groups.getLast();
      if (last != null && last.continues(next)) {
        groups.removeLast();
        next =
            new ParameterGroup(
                last.from, last.count + next.count, last.rate, last.decays, last.since, NONE);
      }
      groups.add(next);
    }
    return List.copyOf(groups);
  }

  private boolean continues(ParameterGroup next) {
    return tensor == NONE
        && next.tensor == NONE
        && from + count == next.from
        && rate == next.rate
        && decays == next.decays
        && since == next.since;
  }
}
