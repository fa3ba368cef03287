package stride.kernel.vector.direct;

import java.util.Arrays;
import stride.kernel.WeightGradient;
import stride.kernel.vector.Sweep;

/**
 * The weight gradient of a sweep of groups with few channels, several of which are taken for one of
 * 16, as in {@link NarrowGroupsPass}: of the gradient of these wide filters only what belongs to
 * channels of the same group is kept. Each part reads whole cache lines of the images then, and
 * fewer parts read them.
 *
 * <p>Scratch: [what the wide gradient needs][the gradient of a wide group's filters].
 */
public final class NarrowGroupsWeightGradient implements WeightGradient {
  private final Sweep sweep;
  private final NarrowGroups groups;
  private final DirectWeightGradient wide;

  /** Makes the weight gradient of a forward sweep that {@link NarrowGroups#suits} it. */
  public NarrowGroupsWeightGradient(Sweep sweep, int threads) {
    this.sweep = sweep;
    groups = NarrowGroups.of(sweep);
    wide = new DirectWeightGradient(groups.wide(), threads);
  }

  @Override
  public int scratchLength() {
    return wide.scratchLength() + groups.floats();
  }

  @Override
  public int parts() {
    return wide.parts();
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
    int at = wide.scratchLength();
    Arrays.fill(scratch, at, at + groups.floats(), 0);
    wide.add(x, xo, dy, dyo, first, samples, scratch, at, part, scratch);
    int firstGroup = wide.group(part) * groups.joined();
    for (int row = 0; row < groups.rows(); row++) {
      int from = groups.wideRow(row, at);
      int to = dwo + groups.row(row, firstGroup);
      for (int j = 0; j < sweep.width(); j++) {
        dw[to + j] += scratch[from + j];
      }
    }
  }
}
