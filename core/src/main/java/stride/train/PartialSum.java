package stride.train;

import java.util.List;
import stride.kernel.Kernels;

/**
 * The sum of what some ranks have given: a node of the binary tree by which all ranks are added.
 * The tree is that of the rank numbers' bits: rank 2k is added to rank 2k + 1, then pairs to pairs,
 * and what has no partner waits for the next level. So the sum of ranks 0 to 6 is ((0 + 1) + (2 +
 * 3)) + ((4 + 5) + 6), whichever tasks have computed them, and a task of several ranks, or a group
 * of tasks, can add up its own before anything is sent.
 *
 * @param first the first of the ranks
 * @param end the rank after the last one
 * @param values where the sum is; may be overwritten by a larger one
 * @param at the index of its first value
 */
public record PartialSum(int first, int end, float[] values, int at) {
  /**
   * Puts a sum behind those of the ranks before it, and adds all that can be added: the left one
   * receives the sum.
   *
   * @param sums nodes of the tree in the order of their ranks, none of which can be added yet
   * @param next the node of the ranks behind them
   * @param length the number of values of each
   * @param all the number of all ranks
   */
  public static void push(List<PartialSum> sums, PartialSum next, int length, int all) {
    var node = next;
    while (!sums.isEmpty() && sums.getLast().isBefore(node, all)) {
      node = sums.removeLast().plus(node, length);
    }
    sums.add(node);
  }

  /** Whether the next step up the tree adds another node to this one. */
  private boolean isBefore(PartialSum right, int all) {
    int size = end - first;
    return Integer.bitCount(size) == 1
        && first % (2L * size) == 0
        && end == right.first
        && right.end == Math.min((long) first + 2L * size, all);
  }

  private PartialSum plus(PartialSum right, int length) {
    Kernels.best().elementwise().add(values, at, right.values, right.at, values, at, length);
    return new PartialSum(first, right.end, values, at);
  }
}
