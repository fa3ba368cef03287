package stride.kernel.vector.direct;

import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * Groups of few channels, several of which are taken for one of at most 16: the filters of these
 * wide groups are [tap][channel][column], zero between channels of different groups.
 *
 * @param sweep with its narrow groups
 * @param joined the groups that make a wide one
 * @param wide the sweep of the wide groups
 */
record NarrowGroups(Sweep sweep, int joined, Sweep wide) {
  /** Joins as many neighbouring groups as have at most 16 channels together, in equal numbers. */
  static NarrowGroups of(Sweep sweep) {
    int joined = joined(sweep);
    int depth = joined * sweep.depth();
    int width = joined * sweep.width();
    var order = new Sweep.WeightOrder(depth * width, width, 1, 0);
    return new NarrowGroups(sweep, joined, sweep.regrouped(sweep.groups() / joined, order));
  }

  /** {@return whether two or more neighbouring groups have at most 16 channels together} */
  static boolean suits(Sweep sweep) {
    return joined(sweep) > 1;
  }

  private static int joined(Sweep sweep) {
    int joined = Math.min(Staging.BLOCK / Math.max(sweep.depth(), sweep.width()), sweep.groups());
    while (joined > 1 && sweep.groups() % joined != 0) {
      joined--;
    }
    return joined;
  }

  /** {@return the number of wide groups} */
  int count() {
    return wide.groups();
  }

  /** {@return the floats of a wide group's filters} */
  int floats() {
    int taps = 1 + sweep.taps().stream().mapToInt(Sweep.Tap::number).max().orElse(0);
    return taps * wide.depth() * wide.width();
  }

  /** {@return the rows of a wide group's filters, tap by tap and channel by channel} */
  int rows() {
    return sweep.taps().size() * wide.depth();
  }

  /** Returns the place of a row's own columns, the others being zero, in a wide group's filters. */
  int wideRow(int row, int at) {
    int c = row % wide.depth();
    return at + (tap(row) * wide.depth() + c) * wide.width() + c / sweep.depth() * sweep.width();
  }

  /** Returns the place of the same row among the weights. */
  int row(int row, int firstGroup) {
    int c = row % wide.depth();
    var order = sweep.weights();
    return tap(row) * order.tapStep()
        + c % sweep.depth() * order.depthStep()
        + (firstGroup + c / sweep.depth()) * order.groupStep();
  }

  private int tap(int row) {
    return sweep.taps().get(row / wide.depth()).number();
  }
}
