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
 */
record ParameterGroup(int from, int count, double rate, boolean decays, long since) {

  /** Returns one group of all weights. */
  static List<ParameterGroup> all(int weights) {
    return List.of(new ParameterGroup(0, weights, 1, true, 0));
  }

  /**
   * Returns the weights that learn, in as few groups as possible.
   *
   * @param frozen the names of nodes that do not learn
   * @param heads the names of the nodes that learn with the head's rate
   * @param since the number of steps done before weights outside of the head began to learn
   */
  static List<ParameterGroup> of(
      Graph graph,
      WeightTable table,
      Set<String> frozen,
      Set<String> heads,
      long since,
      FineTuning fineTuning,
      UpdateOptions updateOptions) {
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
              heads.contains(node) ? 0 : since);
      var last = groups.isEmpty() ? null : groups.getLast();
      if (last != null && last.continues(next)) {
        groups.removeLast();
        next =
            new ParameterGroup(
                last.from, last.count + next.count, last.rate, last.decays, last.since);
      }
      groups.add(next);
    }
    return List.copyOf(groups);
  }

  private boolean continues(ParameterGroup next) {
    return from + count == next.from
        && rate == next.rate
        && decays == next.decays
        && since == next.since;
  }
}
