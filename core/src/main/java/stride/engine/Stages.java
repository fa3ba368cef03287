package stride.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.compute.Step;

/**
 * The phases of one pass in their order, and the stages they fall into: stretches between two
 * barriers. Neighbouring per-sample phases share a stage, a phase of tasks has one of its own.
 *
 * <p>Where a batch has too few samples for all threads, large phases of pixels or rows leave the
 * chain: threads share out parts of the samples. Neighbours of as many pixels share such a stage.
 */
final class Stages {
  /**
   * Floats of a part of a sample that are worth another thread: it takes about as long as a
   * barrier.
   */
  static final int PART = 1 << 14;

  /**
   * A phase, its node and its stage.
   *
   * @param inParts whether threads share out its pixels or rows, rather than samples
   */
  record Entry(int node, Step.Phase phase, int stage, boolean inParts) {}

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
  private final int batch;
  private final boolean splits;
  private int stage;
  private Step.@Nullable Phase before;
  private boolean inParts;

  /**
   * @param firstStage the number of the first stage: those of the pass before are lower
   * @param batch the plan's number of samples
   */
  Stages(int firstStage, int batch, int threads) {
    stage = firstStage - 1;
    this.batch = batch;
    // Some threads would have no sample, or one where others have two.
    splits = batch < 2 * threads && batch % threads != 0;
  }

  /** Adds a node's phases; returns the stage of the last one. */
  int add(int node, List<Step.Phase> phases) {
    for (var phase : phases) {
      boolean joins = joins(phase);
      if (!joins) {
        stage++;
        inParts = splits && isLarge(phase);
      }
      before = phase;
      entries.add(new Entry(node, phase, stage, inParts));
      firstStage.putIfAbsent(node, stage);
      lastStage.put(node, stage);
    }
    return stage;
  }

  /** Whether a phase needs no barrier between it and the one before. */
  private boolean joins(Step.Phase phase) {
    if (before == null || before instanceof Step.Tasks || phase instanceof Step.Tasks) {
      return false;
    }
    return inParts
        ? phase instanceof Step.Pixels pixels
            && before instanceof Step.Pixels own
            && pixels.perSample() == own.perSample()
        : !(splits && isLarge(phase));
  }

  /** Whether a phase of the whole batch is worth several threads. */
  private boolean isLarge(Step.Phase phase) {
    return switch (phase) {
      case Step.Pixels pixels -> isLarge(pixels.perSample(), pixels.floats());
      case Step.Rows rows -> isLarge(rows.perSample(), rows.floats());
      default -> false;
    };
  }

  private boolean isLarge(int parts, int floats) {
    return (long) batch * parts > 1 && (long) batch * parts * floats >= 2 * PART;
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
