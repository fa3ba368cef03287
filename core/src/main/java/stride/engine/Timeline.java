package stride.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import stride.compute.Step;

/**
 * The phases of one pass in their order, and the regions they fall into: stretches between two
 * barriers. Neighbouring per-sample phases share a region, a phase of tasks has one of its own.
 */
final class Timeline {
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
  private final Map<Integer, Integer> firstRegion = new HashMap<>();
  private final Map<Integer, Integer> lastRegion = new HashMap<>();
  private int region;
  private boolean inChain;

  /**
   * @param firstRegion the number of the first region: those of the pass before are lower
   */
  Timeline(int firstRegion) {
    region = firstRegion - 1;
  }

  /** Adds a node's phases; returns the region of the last one. */
  int add(int node, List<Step.Phase> phases) {
    for (var phase : phases) {
      boolean perSample = phase instanceof Step.Samples;
      if (!(perSample && inChain)) {
        region++;
      }
      inChain = perSample;
      entries.add(new Entry(node, phase));
      firstRegion.putIfAbsent(node, region);
      lastRegion.put(node, region);
    }
    return region;
  }

  List<Entry> entries() {
    return entries;
  }

  /** The number behind the last region. */
  int regions() {
    return region + 1;
  }

  /** Whether a node has any phase here. */
  boolean contains(int node) {
    return firstRegion.containsKey(node);
  }

  /** The region of a node's first phase. */
  int first(int node) {
    return requireNonNull(firstRegion.get(node));
  }

  /** The region of a node's last phase. */
  int last(int node) {
    return requireNonNull(lastRegion.get(node));
  }
}
