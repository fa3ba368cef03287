package stride.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import stride.graph.Directory;
import stride.graph.Graph;

/**
 * Weights that lie side by side and are updated alike.
 *
 * @param from the first of them in the array of all weights
 * @param rate what the learning rate is multiplied by
 * @param decays whether weight decay acts on them
 * @param since how many steps were over when they began to learn
 */
record WeightStretch(int from, int count, double rate, boolean decays, long since) {

  /** All weights, without differences. */
  static List<WeightStretch> all(int weights) {
    return List.of(new WeightStretch(0, weights, 1, true, 0));
  }

  /**
   * The weights that learn, in as few stretches as can be.
   *
   * @param frozen the names of nodes that do not learn
   * @param heads the names of the nodes that learn with the head's rate
   * @param since how many steps were over when others than the head's began to learn
   */
  static List<WeightStretch> of(
      Graph graph,
      Directory directory,
      Set<String> frozen,
      Set<String> heads,
      long since,
      FineTuning fineTuning,
      Refinements refinements) {
    var stretches = new ArrayList<WeightStretch>();
    for (var entry : directory.weights()) {
      String node = graph.nodes().get(entry.node()).name();
      if (frozen.contains(node)) {
        continue;
      }
      var shape = entry.parameter().shape();
      var next =
          new WeightStretch(
              entry.offset(),
              Directory.aligned(shape.elements()),
              heads.contains(node) ? fineTuning.headRate() : 1,
              refinements.decaysAll() || shape.rank() > 1,
              heads.contains(node) ? 0 : since);
      var last = stretches.isEmpty() ? null : stretches.getLast();
      if (last != null && last.continues(next)) {
        stretches.removeLast();
        next =
            new WeightStretch(
                last.from, last.count + next.count, last.rate, last.decays, last.since);
      }
      stretches.add(next);
    }
    return List.copyOf(stretches);
  }

  private boolean continues(WeightStretch next) {
    return from + count == next.from
        && rate == next.rate
        && decays == next.decays
        && since == next.since;
  }
}
