package stride.kernel.vector.direct;

import java.util.Arrays;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * Neighbouring groups of few channels that are taken for one wide group of up to 16. Its filters
 * [tap][channel][column] are zero between channels of different groups: three of four products of
 * ResNeXt's groups of 4 channels are with zeros.
 */
public final class WideGroups {
  private final Sweep narrow;
  private final int joined;
  private final int depth;
  private final int width;
  private final int floats;

  /** Channels of a wide group, of all taps. */
  private final int rows;

  private WideGroups(Sweep narrow, int joined) {
    this.narrow = narrow;
    this.joined = joined;
    depth = joined * narrow.depth();
    width = joined * narrow.width();
    int taps = 1 + narrow.taps().stream().mapToInt(Sweep.Tap::number).max().orElse(0);
    floats = taps * depth * width;
    rows = narrow.taps().size() * depth;
  }

  /** {@return whether two or more neighbouring groups have at most 16 channels together} */
  public static boolean suit(Sweep sweep) {
    return joined(sweep) > 1;
  }

  /** Returns the wide groups of a sweep that they {@link #suit}. */
  static WideGroups of(Sweep sweep) {
    return new WideGroups(sweep, joined(sweep));
  }

  /** The most groups that have at most 16 channels together, and into which all groups fall. */
  private static int joined(Sweep sweep) {
    int joined = Math.min(Staging.BLOCK / Math.max(sweep.depth(), sweep.width()), sweep.groups());
    while (joined > 1 && sweep.groups() % joined != 0) {
      joined--;
    }
    return joined;
  }

  /** Returns the sweep with wide groups, all of which have their filters in the same place. */
  Sweep sweep() {
    return narrow.regrouped(count(), new Sweep.WeightOrder(depth * width, width, 1, 0));
  }

  /** Returns the number of wide groups. */
  int count() {
    return narrow.groups() / joined;
  }

  /** Returns the floats of a wide group's filters. */
  int floats() {
    return floats;
  }

  /** Writes the filters of the groups in a wide group as those of the wide one. */
  void widen(float[] w, int wo, int group, float[] wide, int at) {
    Arrays.fill(wide, at, at + floats, 0);
    int step = narrow.weights().widthStep();
    for (int row = 0; row < rows; row++) {
      int from = wo + place(row, group);
      int to = at + widePlace(row);
      for (int j = 0; j < narrow.width(); j++) {
        wide[to + j] = w[from + j * step];
      }
    }
  }

  /** Writes the filters of a wide group, without those between different groups, back. */
  void narrow(float[] wide, int at, int group, float[] w, int wo) {
    int step = narrow.weights().widthStep();
    for (int row = 0; row < rows; row++) {
      int to = wo + place(row, group);
      int from = at + widePlace(row);
      for (int j = 0; j < narrow.width(); j++) {
        w[to + j * step] = wide[from + j];
      }
    }
  }

  /** The place of the first weight of a channel of a tap, which are a row. */
  private int place(int row, int group) {
    var order = narrow.weights();
    int channel = row % depth;
    return tap(row) * order.tapStep()
        + channel % narrow.depth() * order.depthStep()
        + (group * joined + channel / narrow.depth()) * order.groupStep();
  }

  /** The same in a wide group's filters. */
  private int widePlace(int row) {
    int channel = row % depth;
    return (tap(row) * depth + channel) * width + channel / narrow.depth() * narrow.width();
  }

  private int tap(int row) {
    return narrow.taps().get(row / depth).number();
  }
}
