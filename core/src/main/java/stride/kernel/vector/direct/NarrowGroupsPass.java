package stride.kernel.vector.direct;

import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Sweep;

/**
 * A {@link Sweep} of groups with few channels, which are computed as {@link WideGroups}: vectors
 * are full then, and a pixel is staged once for several groups.
 *
 * <p>Packed: [the wide groups, packed][room for one wide group's filters].
 */
public final class NarrowGroupsPass implements ConvolutionPass {
  private final WideGroups groups;
  private final DirectPass wide;

  /** Makes the pass of a sweep that {@link WideGroups#suit} it. */
  public NarrowGroupsPass(Sweep sweep, int together, int threads) {
    groups = WideGroups.of(sweep);
    wide = new DirectPass(groups.sweep(), together, threads);
  }

  @Override
  public int scratchLength() {
    return wide.scratchLength();
  }

  @Override
  public int packedLength() {
    return wide.packedLength() + groups.floats();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    int room = po + wide.packedLength();
    for (int group = 0; group < groups.count(); group++) {
      groups.widen(w, wo, group, packed, room);
      wide.pack(group, packed, room, packed, po);
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
