package stride.kernel.vector.depthwise;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.WeightGradient;
import stride.kernel.vector.ColumnStaging;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;

/**
 * The weight gradient of a depthwise convolution: for every tap and channel, the sum over pixels of
 * input times output gradient. A part is one block of 16 channels.
 */
public final class DepthwiseWeightGradient implements WeightGradient {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;

  /** Taps whose sums stay in registers together. */
  private static final int TAPS = 3;

  /** Pixels of a band: its staged form stays in the first-level cache. */
  private static final int BAND = 112;

  /** The places of the sums and of the staged pixels in a scratch. */
  private static final int SUMS = Lanes.ALIGNED;

  private static final int STAGED = SUMS + TAPS * L;

  private final Sweep sweep;
  private final int channels;
  private final int rows;
  private final ColumnStaging staging;
  private final int[] offsets;

  /**
   * Makes the weight gradient.
   *
   * @param sweep a sweep of one group, which has all the channels
   */
  public DepthwiseWeightGradient(Sweep sweep) {
    this.sweep = sweep;
    channels = sweep.depth();
    rows = Math.clamp(BAND / sweep.columns(), 1, sweep.height());
    staging = new ColumnStaging(sweep, rows, sweep.columns());
    // Filled up with taps whose sums are not read.
    offsets = Arrays.copyOf(staging.offsets(), Lanes.roundUp(sweep.taps().size(), TAPS));
    Arrays.fill(offsets, sweep.taps().size(), offsets.length, staging.offsets()[0]);
  }

  @Override
  public int scratchLength() {
    return STAGED + staging.blockStep() + 16 * BLOCK;
  }

  @Override
  public int parts() {
    return staging.blocks();
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
    for (int sample = first; sample < first + samples; sample++) {
      for (int row = 0; row < sweep.height(); row += rows) {
        int n = Math.min(rows, sweep.height() - row);
        staging.stage(
            x,
            xo + sample * sweep.sourceFloats(),
            sweep.sourceWidth(),
            row,
            0,
            n,
            part,
            part + 1,
            scratch,
            STAGED);
        int g = dyo + sample * sweep.targetFloats() + row * sweep.columns() * channels;
        for (int c = part * BLOCK; c < Math.min((part + 1) * BLOCK, channels); c += L) {
          int lanes = Math.min(L, channels - c);
          for (int t = 0; t < sweep.taps().size(); t += TAPS) {
            Tiles.depthwiseOuter3(
                n * sweep.columns(),
                lanes,
                offsets,
                t,
                scratch,
                STAGED + c % BLOCK,
                dy,
                g + c,
                channels,
                scratch,
                SUMS);
            addTaps(scratch, t, dw, dwo + c, lanes);
          }
        }
      }
    }
  }

  private void addTaps(float[] sums, int t, float[] dw, int to, int lanes) {
    var mask = Lanes.S.indexInRange(0, lanes);
    for (int i = 0; i < Math.min(TAPS, sweep.taps().size() - t); i++) {
      int at = to + sweep.taps().get(t + i).number() * channels;
      FloatVector.fromArray(Lanes.S, sums, SUMS + i * L)
          .add(FloatVector.fromArray(Lanes.S, dw, at, mask))
          .intoArray(dw, at, mask);
    }
  }
}
