package stride.kernel.vector.direct;

import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import stride.kernel.WeightGradient;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Panels;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * The transposed product of staged inputs and output gradient, a band of rows at a time. A part is
 * some blocks of 16 input channels (or of 16 values of a patch) and some panels of output channels.
 * Each part reads its channels of all samples, so the parts are those that together read least.
 *
 * <p>Scratch: [tile's results][staged band][a panel's columns of the band's gradient].
 */
public final class DirectWeightGradient implements WeightGradient {
  private static final int L = Lanes.COUNT;

  /** Pixels of a band: the part that one panel reads stays in the first-level cache. */
  private static final int BAND = 196;

  /** Parts for each thread, at least: they balance each other. */
  private static final int PARTS = 4;

  /** Blocks of a part, at most: what is staged of them stays in the second-level cache. */
  private static final int MOST_BLOCKS = 32;

  private final Sweep sweep;
  private final boolean pointwise;
  private final int rows;
  private final int columns;
  private final Staging staging;
  private final Panels panels;
  private final int[] weightRows;
  private final Parts parts;
  private final int gradientAt;

  /** Makes the weight gradient of a forward sweep for {@code threads} threads. */
  public DirectWeightGradient(Sweep sweep, int threads) {
    this.sweep = sweep;
    pointwise = sweep.isPointwise();
    columns = pointwise ? BAND : sweep.columns();
    rows = pointwise ? 1 : Math.clamp(BAND / columns, 1, sweep.height());
    staging = Staging.of(sweep, rows, columns, rows);
    panels = new Panels(staging.places().length, sweep.width());
    weightRows = DirectPass.weightRows(sweep, staging);
    // Small weights are one part: they are summed by groups of samples.
    parts =
        staging.places().length * sweep.width() < 1 << 15
            ? new Parts(1, 1)
            : Parts.of(sweep, staging.blocks(), panels.count(), PARTS * threads);
    int others = staging.blocks() - Math.ceilDiv(staging.blocks(), parts.ofBlocks);
    gradientAt = Panels.SUMS_END + staging.length() - others * staging.blockStep();
  }

  /** Into how many stretches the blocks and the panels of a group are divided. */
  private record Parts(int ofBlocks, int ofPanels) {
    /** Returns those that read least, of at least {@code least} parts if there can be as many. */
    static Parts of(Sweep sweep, int blocks, int panels, int least) {
      long x = (long) sweep.sourceHeight() * sweep.sourceWidth() * sweep.depth();
      long dy = (long) sweep.height() * sweep.columns() * sweep.width();
      int each = Math.min(Math.ceilDiv(least, sweep.groups()), blocks * panels);
      Parts best = null;
      for (int ofBlocks = Math.ceilDiv(blocks, MOST_BLOCKS); ofBlocks <= blocks; ofBlocks++) {
        int ofPanels = Math.min(Math.ceilDiv(each, ofBlocks), panels);
        var parts = new Parts(ofBlocks, ofPanels);
        if (ofBlocks * ofPanels >= each
            && (best == null || parts.reads(x, dy) < best.reads(x, dy))) {
          best = parts;
        }
      }
      return Objects.requireNonNull(best);
    }

    private long reads(long x, long dy) {
      return ofPanels * x + ofBlocks * dy;
    }

    int count() {
      return ofBlocks * ofPanels;
    }
  }

  @Override
  public int scratchLength() {
    return gradientAt + rows * columns * 2 * L;
  }

  @Override
  public int parts() {
    return sweep.groups() * parts.count();
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
    int group = part / parts.count();
    int ofBlocks = part % parts.count() / parts.ofPanels;
    int ofPanels = part % parts.ofPanels;
    int fromBlock = ofBlocks * staging.blocks() / parts.ofBlocks;
    int toBlock = (ofBlocks + 1) * staging.blocks() / parts.ofBlocks;
    int fromPanel = ofPanels * panels.count() / parts.ofPanels;
    int toPanel = (ofPanels + 1) * panels.count() / parts.ofPanels;
    int source = xo + first * sweep.sourceFloats() + group * sweep.depth();
    int target = dyo + first * sweep.targetFloats() + group * sweep.width();
    int to = dwo + group * sweep.weights().groupStep();
    if (pointwise) {
      int pixels = samples * sweep.height() * sweep.columns();
      for (int p = 0; p < pixels; p += columns) {
        int n = Math.min(columns, pixels - p);
        band(
            x,
            source,
            pixels,
            0,
            p,
            1,
            fromBlock,
            toBlock,
            dy,
            target + p * sweep.targetChannels(),
            n,
            fromPanel,
            toPanel,
            dw,
            to,
            scratch);
      }
      return;
    }
    for (int sample = 0; sample < samples; sample++) {
      for (int row = 0; row < sweep.height(); row += rows) {
        int rowsHere = Math.min(rows, sweep.height() - row);
        band(
            x,
            source + sample * sweep.sourceFloats(),
            sweep.sourceWidth(),
            row,
            0,
            rowsHere,
            fromBlock,
            toBlock,
            dy,
            target + sample * sweep.targetFloats() + row * columns * sweep.targetChannels(),
            rowsHere * columns,
            fromPanel,
            toPanel,
            dw,
            to,
            scratch);
      }
    }
  }

  private void band(
      float[] x,
      int source,
      int sourceWidth,
      int row,
      int column,
      int rows,
      int fromBlock,
      int toBlock,
      float[] dy,
      int target,
      int pixels,
      int fromPanel,
      int toPanel,
      float[] dw,
      int to,
      float[] scratch) {
    staging.stage(
        x, source, sourceWidth, row, column, rows, fromBlock, toBlock, scratch, Panels.SUMS_END);
    for (int panel = fromPanel; panel < toPanel; panel++) {
      copyPanel(dy, target, pixels, panel, scratch);
      panels.multiplyTransposed(
          staging.offsets(),
          staging.firstOffset(fromBlock),
          staging.firstOffset(toBlock),
          scratch,
          Panels.SUMS_END - fromBlock * staging.blockStep(),
          pixels,
          scratch,
          gradientAt,
          2 * L,
          panel,
          dw,
          to,
          weightRows,
          scratch);
    }
  }

  /**
   * Copies a panel's columns next to each other, where they stay in the first-level cache; those
   * that are missing keep what was there.
   */
  private void copyPanel(float[] dy, int target, int pixels, int panel, float[] scratch) {
    int channels = sweep.targetChannels();
    int from = target + panel * 2 * L;
    int columns = sweep.width() - panel * 2 * L;
    if (columns < 2 * L) {
      for (int p = 0; p < pixels; p++) {
        System.arraycopy(dy, from + p * channels, scratch, gradientAt + p * 2 * L, columns);
      }
      return;
    }
    for (int p = 0; p < pixels; p++) {
      int at = from + p * channels;
      int to = gradientAt + p * 2 * L;
      FloatVector.fromArray(Lanes.S, dy, at).intoArray(scratch, to);
      FloatVector.fromArray(Lanes.S, dy, at + L).intoArray(scratch, to + L);
    }
  }
}
