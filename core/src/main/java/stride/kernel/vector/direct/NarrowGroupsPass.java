package stride.kernel.vector.direct;

import java.util.Arrays;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
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
  private final NarrowGroups groups;
  private final int wideFloats;
  private final DirectPass wide;

  /** Makes the pass of a sweep that {@link #suits} it. */
  public NarrowGroupsPass(Sweep sweep, int together, int threads) {
    this.sweep = sweep;
    groups = NarrowGroups.of(sweep);
    wideFloats = groups.floats();
    wide = new DirectPass(groups.wide(), together, threads);
  }

  /** {@return whether two or more neighbouring groups have at most 16 channels together} */
  public static boolean suits(Sweep sweep) {
    return NarrowGroups.suits(sweep);
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
    for (int group = 0; group < groups.count(); group++) {
      widen(w, wo, group * groups.joined(), packed, room);
      wide.pack(group, packed, room, packed, po);
    }
  }

  /** Writes the filters of some groups as those of a wide one. */
  private void widen(float[] w, int wo, int firstGroup, float[] to, int at) {
    Arrays.fill(to, at, at + wideFloats, 0);
    int step = sweep.weights().widthStep();
    for (int row = 0; row < groups.rows(); row++) {
      int here = groups.wideRow(row, at);
      int from = wo + groups.row(row, firstGroup);
      for (int j = 0; j < sweep.width(); j++) {
        to[here + j] = w[from + j * step];
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
