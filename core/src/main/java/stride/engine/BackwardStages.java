package stride.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import stride.graph.WeightTable;

/**
 * The stages of a backward pass, and from which index on all gradients of the weights are final
 * after each of them. What remains to be done for the gradients runs for many layers together, so
 * that threads wait for each other less often, but not all of it at the end: who sends gradients to
 * other machines would have nothing to send before.
 */
final class BackwardStages {
  /** Weights whose gradients are completed together, at least, where there are as many. */
  private static final int TOGETHER = 1 << 20;

  private static final int BEFORE = -1;

  final List<Stage> stages = new ArrayList<>();

  /** After stage i, all gradients from index {@code ready[i]} on are final. */
  final int[] ready;

  private final Compilation compilation;

  /** The stage after which a node has added all it has to its weights' gradients. */
  private final int[] done;

  private final List<Stages.Last> pending = new ArrayList<>();
  private long together;

  BackwardStages(Compilation compilation) {
    this.compilation = compilation;
    var graph = compilation.graph;
    done = new int[graph.nodes().size()];
    Arrays.fill(done, BEFORE);
    var last = new HashMap<Integer, List<Stages.Last>>();
    for (var tasks : compilation.last) {
      last.computeIfAbsent(tasks.node(), n -> new ArrayList<>()).add(tasks);
    }
    var entries = compilation.backward.entries();
    var ofPass = Stage.of(entries);
    int at = 0;
    for (var stage : ofPass) {
      stages.add(stage);
      int number = entries.get(at).stage();
      for (; at < entries.size() && entries.get(at).stage() == number; at++) {
        int node = entries.get(at).node();
        if (node >= 0 && done[node] == BEFORE && compilation.backward.last(node) == number) {
          done[node] = stages.size() - 1;
          pending.addAll(removed(last, node));
          together += weights(node);
        }
      }
      if (together >= TOGETHER) {
        complete();
      }
    }
    last.values().forEach(pending::addAll);
    complete();
    for (int n = 0; n < done.length; n++) {
      if (compilation.gradients.isFused(n)) {
        done[n] = Math.max(done[n], done[compilation.fusion.producer(n)]);
      }
    }
    ready = ready();
  }

  private static List<Stages.Last> removed(Map<Integer, List<Stages.Last>> last, int node) {
    var own = last.remove(node);
    return own == null ? List.of() : own;
  }

  private long weights(int node) {
    return compilation
        .weightsOf
        .getOrDefault(compilation.graph.nodes().get(node).weights(), List.of())
        .stream()
        .mapToLong(entry -> entry.parameter().shape().elements())
        .sum();
  }

  /** Adds the stages of what remains to be done for the layers so far. */
  private void complete() {
    together = 0;
    stages.addAll(Stage.ofLast(pending));
    pending.forEach(tasks -> done[tasks.node()] = stages.size() - 1);
    pending.clear();
  }

  private int[] ready() {
    var table = compilation.weights.table();
    Map<String, Integer> doneOf = new HashMap<>();
    for (int n = 0; n < done.length; n++) {
      doneOf.merge(compilation.graph.nodes().get(n).weights(), done[n], Math::max);
    }
    var ready = new int[stages.size()];
    Arrays.fill(ready, table.weightFloats());
    int all = BEFORE;
    for (WeightTable.WeightEntry entry : table.weights().reversed()) {
      String name = compilation.graph.nodes().get(entry.node()).weights();
      all = Math.max(all, doneOf.getOrDefault(name, BEFORE));
      Arrays.fill(ready, Math.clamp(all, 0, ready.length), ready.length, entry.offset());
    }
    return ready;
  }
}
