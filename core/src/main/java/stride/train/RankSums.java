package stride.train;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Adds up what the ranks of one task give in a step, as far as the tree of all ranks allows without
 * the others. Arrays are allocated in the first step alone.
 */
public final class RankSums {
  private final Ranks ranks;

  /** The sums of each part, in the order in which parts are given. */
  private final List<List<PartialSum>> sums = new ArrayList<>();

  /** The parts that the task's last rank has given. */
  private final List<ArrayPart> parts = new ArrayList<>();

  /** Arrays of each part that are free. */
  private final List<Deque<float[]>> free = new ArrayList<>();

  private int rank;

  /** The number of parts that the rank has given. */
  private int given;

  /**
   * Creates sums without values.
   *
   * @param ranks which ranks the task computes
   */
  public RankSums(Ranks ranks) {
    this.ranks = ranks;
  }

  /**
   * Adds a part of what a rank has computed. All ranks give the same parts in the same order.
   *
   * @param rank the rank
   * @param part stays as it is until {@link #clear} if the rank is the task's last one, and may be
   *     changed afterwards otherwise
   * @return the sums of all of the task's ranks if the rank is the last one, else none: nodes of
   *     the tree in the order of their ranks
   */
  public List<PartialSum> add(int rank, ArrayPart part) {
    if (rank != this.rank) {
      given = 0;
      this.rank = rank;
    }
    if (given == sums.size()) {
      sums.add(new ArrayList<>());
      free.add(new ArrayDeque<>());
    }
    var nodes = sums.get(given);
    var spare = free.get(given);
    given++;
    var before = List.copyOf(nodes);
    var own = new PartialSum(rank, rank + 1, part.values(), part.from());
    PartialSum.push(nodes, own, part.length(), ranks.all());
    for (int i = nodes.size(); i < before.size(); i++) {
      spare.add(before.get(i).values());
    }
    if (rank == ranks.first() + ranks.own() - 1) {
      parts.add(part);
      return nodes;
    }
    var last = nodes.getLast();
    if (last.values() == part.values()) {
      nodes.set(nodes.size() - 1, new PartialSum(rank, rank + 1, copy(part, spare), 0));
    }
    return List.of();
  }

  private static float[] copy(ArrayPart part, Deque<float[]> spare) {
    float[] array = spare.poll();
    if (array == null || array.length < part.length()) {
      return Arrays.copyOfRange(part.values(), part.from(), part.to());
    }
    System.arraycopy(part.values(), part.from(), array, 0, part.length());
    return array;
  }

  /** {@return the parts that the task's last rank has given, in their order} */
  public List<ArrayPart> parts() {
    return parts;
  }

  /**
   * {@return the sums of a part}
   *
   * @param part its number in {@link #parts}
   */
  public List<PartialSum> of(int part) {
    return sums.get(part);
  }

  /** Ends the step. */
  public void clear() {
    for (int i = 0; i < sums.size(); i++) {
      for (var node : sums.get(i)) {
        if (i < parts.size() && node.values() != parts.get(i).values()) {
          free.get(i).add(node.values());
        }
      }
      sums.get(i).clear();
    }
    parts.clear();
    given = 0;
  }
}
