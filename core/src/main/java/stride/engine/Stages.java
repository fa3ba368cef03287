package stride.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import stride.compute.Step;

/**
 * The phases of one pass in their order, and the stages they fall into: stretches between two
 * barriers. Neighbouring per-sample phases share a stage, a phase of tasks has one of its own.
 */
final class Stages {
  /** A phase and its node. */
  record Entry(int node, Step.Phase phase) {}

  /**
   * Tasks that nothing else waits for, and their node.
   *
   * @param round tasks of one round run together: nodes that share their weights, and add to the
   *     same gradients, are in different ones
   */
  record Last(int node, int round, Step.Tasks tasks) {}

  private final List<Entry> entries = new ArrayList<>();
  private final Map<Integer, Integer> firstStage = new HashMap<>();
  private final Map<Integer, Integer> lastStage = new HashMap<>();
  private int stage;
  private boolean inChain;

  /**
   * @param firstStage the number of the first stage: those of the pass before are lower
   */
  Stages(int firstStage) {
    stage = firstStage - 1;
  }

  /** Adds a node's phases; returns the stage of the last one. */
  int add(int node, List<Step.Phase> phases) {
    for (var phase : phases) {
      boolean perSample = phase instanceof Step.Samples;
      if (!(perSample && inChain)) {
        stage++;
      }
      inChain = perSample;
      entries.add(new Entry(node, phase));
      firstStage.putIfAbsent(node, stage);
      lastStage.put(node, stage);
    }
    return stage;
  }

  List<Entry> entries() {
    return entries;
  }

  /** The number of the last stage plus one. */
  int stages() {
    return stage + 1;
  }

  /** Whether a node has any phase here. */
  boolean contains(int node) {
    return firstStage.containsKey(node);
  }

  /** The stage of a node's first phase. */
  int first(int node) {
    return requireNonNull(firstStage.get(node));
  }

  /** The stage of a node's last phase. */
  int last(int node) {
    return requireNonNull(lastStage.get(node));
  }
}
