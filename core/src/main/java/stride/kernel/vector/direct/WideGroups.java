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

  private WideGroups(Sweep narrow, int joined) {
    this.narrow = narrow;
    this.joined = joined;
    depth = joined * narrow.depth();
    width = joined * narrow.width();
    int taps = 1 + narrow.taps().stream().mapToInt(Sweep.Tap::number).max().orElse(0);
    floats = taps * depth * width;
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
    copy(w, wo, group, wide, at, true);
  }

  /** Writes the filters of a wide group, without those between different groups, back. */
  void narrow(float[] wide, int at, int group, float[] w, int wo) {
    copy(w, wo, group, wide, at, false);
  }

  private void copy(float[] w, int wo, int group, float[] wide, int at, boolean widens) {
    var order = narrow.weights();
    for (int t = 0; t < narrow.taps().size(); t++) {
      int tap = narrow.taps().get(t).number();
      for (int c = 0; c < depth; c++) {
        int own = c / narrow.depth();
        int from =
            wo
                + tap * order.tapStep()
                + c % narrow.depth() * order.depthStep()
                + (group * joined + own) * order.groupStep();
        int row = at + (tap * depth + c) * width + own * narrow.width();
        for (int j = 0; j < narrow.width(); j++) {
          if (widens) {
            wide[row + j] = w[from + j * order.widthStep()];
          } else {
            w[from + j * order.widthStep()] = wide[row + j];
          }
        }
      }
    }
  }
}
