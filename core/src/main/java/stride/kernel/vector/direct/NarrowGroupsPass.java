package stride.kernel.vector.direct;

import java.util.Arrays;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * A {@link Sweep} of groups with few channels, several of which are taken for one of 16: its
 * filters are zero between channels of different groups. Three of four products of ResNeXt's groups
 * of 4 channels are with zeros then, but vectors are full, and a pixel is staged once for four
 * groups.
 *
 * <p>Packed: [the wide groups, packed][room for one wide group's filters].
 */
public final class NarrowGroupsPass implements ConvolutionPass {
  private final Sweep sweep;
  private final int joined;
  private final int wideFloats;
  private final DirectPass wide;

  /** Makes the pass of a sweep that {@link #suits} it. */
  public NarrowGroupsPass(Sweep sweep, int together, int threads) {
    this.sweep = sweep;
    joined = joined(sweep);
    int depth = joined * sweep.depth();
    int width = joined * sweep.width();
    int taps = 1 + sweep.taps().stream().mapToInt(Sweep.Tap::number).max().orElse(0);
    wideFloats = taps * depth * width;
    var order = new Sweep.WeightOrder(depth * width, width, 1, 0);
    wide = new DirectPass(sweep.regrouped(sweep.groups() / joined, order), together, threads);
  }

  /** {@return whether two or more neighbouring groups have at most 16 channels together} */
  public static boolean suits(Sweep sweep) {
    return joined(sweep) > 1;
  }

  /** The most groups that have at most 16 channels together, and into which all groups fall. */
  private static int joined(Sweep sweep) {
    int joined = Math.min(Staging.BLOCK / Math.max(sweep.depth(), sweep.width()), sweep.groups());
    while (joined > 1 && sweep.groups() % joined != 0) {
      joined--;
    }
    return joined;
  }

  @Override
  public int scratchLength() {
    return wide.scratchLength();
  }

  @Override
  public int packedLength() {
    return wide.packedLength() + wideFloats;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    int room = po + wide.packedLength();
    for (int group = 0; group < sweep.groups() / joined; group++) {
      widen(w, wo, group * joined, packed, room);
      wide.pack(group, packed, room, packed, po);
    }
  }

  /** Writes the filters of some groups as those of a wide one: [tap][channel][column]. */
  private void widen(float[] w, int wo, int firstGroup, float[] to, int at) {
    Arrays.fill(to, at, at + wideFloats, 0);
    int columns = joined * sweep.width();
    var order = sweep.weights();
    for (int t = 0; t < sweep.taps().size(); t++) {
      int tap = sweep.taps().get(t).number();
      for (int c = 0; c < joined * sweep.depth(); c++) {
        int group = c / sweep.depth();
        int from =
            wo
                + tap * order.tapStep()
                + c % sweep.depth() * order.depthStep()
                + (firstGroup + group) * order.groupStep();
        int row = at + (tap * joined * sweep.depth() + c) * columns + group * sweep.width();
        for (int j = 0; j < sweep.width(); j++) {
          to[row + j] = w[from + j * order.widthStep()];
        }
      }
    }
  }

  @Override
  public int parts(int samples) {
    return wide.parts(samples);
  }

  @Override
  public void run(
      float[] x,
      int xo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] y,
      int yo,
      int first,
      int samples,
      int part,
      float[] scratch) {
    wide.run(x, xo, packed, po, epilogue, y, yo, first, samples, part, scratch);
  }
}
