package stride.kernel.vector.direct;

import stride.kernel.WeightGradient;
import stride.kernel.vector.Sweep;

/**
 * The weight gradient of groups with few channels, computed as {@link WideGroups}, each of which is
 * a part. What its gradient has between channels of different groups is dropped.
 *
 * <p>Scratch: [the wide sweep's scratch][a wide group's gradient].
 */
public final class NarrowGroupsWeightGradient implements WeightGradient {
  private final WideGroups groups;
  private final DirectWeightGradient wide;
  private final int gradientAt;

  /** Makes the weight gradient of a sweep that {@link WideGroups#suit} it. */
  public NarrowGroupsWeightGradient(Sweep sweep, int threads) {
    groups = WideGroups.of(sweep);
    wide = new DirectWeightGradient(groups.sweep(), threads);
    gradientAt = wide.scratchLength();
  }

  @Override
  public int scratchLength() {
    return gradientAt + groups.floats();
  }

  @Override
  public int parts() {
    return groups.count();
  }

  @Override
  public void add(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int first,
      int samples,
      float[] dw,
      int dwo,
      int part,
      float[] scratch) {
    groups.widen(dw, dwo, part, scratch, gradientAt);
    int each = wide.parts() / groups.count();
    for (int p = part * each; p < (part + 1) * each; p++) {
      wide.add(x, xo, dy, dyo, first, samples, scratch, gradientAt, p, scratch);
    }
    groups.narrow(scratch, gradientAt, part, dw, dwo);
  }
}
