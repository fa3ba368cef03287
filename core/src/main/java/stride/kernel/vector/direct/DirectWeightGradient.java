package stride.kernel.vector.direct;

import jdk.incubator.vector.FloatVector;
import stride.kernel.WeightGradient;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Panels;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * The transposed product of staged inputs and output gradient, a band of rows at a time. A part is
 * one block of 16 input channels (or of 16 values of a patch) and some panels of output channels:
 * as many as leave a few parts for each thread, since each part stages its block anew.
 *
 * <p>Scratch: [tile's results][staged band][band of the gradient, where rows need filling up].
 */
public final class DirectWeightGradient implements WeightGradient {
  private static final int L = Lanes.COUNT;

  /** Pixels of a band: the part that one panel reads stays in the first-level cache. */
  private static final int BAND = 196;

  /** Parts for each thread, at least: they balance each other. */
  private static final int PARTS = 4;

  private final Sweep sweep;
  private final boolean pointwise;
  private final int rows;
  private final int columns;
  private final Staging staging;
  private final Panels panels;
  private final int[] weightRows;
  private final int blocksTogether;
  private final int panelParts;
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
    blocksTogether = staging.places().length * sweep.width() < 1 << 15 ? staging.blocks() : 1;
    int blockParts = sweep.groups() * blockParts();
    panelParts =
        blocksTogether > 1
            ? 1
            : Math.clamp(Math.ceilDiv(PARTS * threads, blockParts), 1, panels.count());
    gradientAt = Panels.SUMS_END + staging.length();
  }

  @Override
  public int scratchLength() {
    int width = Panels.readsPanelRows() ? 2 * L : Lanes.roundUp(sweep.width(), L);
    return gradientAt + (rows * columns + 1) * width;
  }

  private int blockParts() {
    return Math.ceilDiv(staging.blocks(), blocksTogether);
  }

  @Override
  public int parts() {
    return sweep.groups() * blockParts() * panelParts;
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
    int group = part / (blockParts() * panelParts);
    int fromBlock = part / panelParts % blockParts() * blocksTogether;
    int toBlock = Math.min(fromBlock + blocksTogether, staging.blocks());
    int fromPanel = part % panelParts * panels.count() / panelParts;
    int toPanel = (part % panelParts + 1) * panels.count() / panelParts;
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
    boolean panelRows = Panels.readsPanelRows();
    boolean copied = panelRows || sweep.width() % L != 0;
    int first = fromPanel * 2 * L;
    int columns = Math.min(toPanel * 2 * L, sweep.width()) - first;
    int step = panelRows ? 2 * L : copied ? Lanes.roundUp(columns, L) : sweep.targetChannels();
    if (copied && !panelRows) {
      copy(dy, target + first, pixels, columns, scratch, step);
    }
    for (int panel = fromPanel; panel < toPanel; panel++) {
      int left = panel * 2 * L;
      int from = copied ? gradientAt + left - first : target + left;
      if (panelRows) {
        copyPanel(dy, target + left, pixels, sweep.width() - left, scratch);
        from = gradientAt;
      }
      panels.multiplyTransposed(
          staging.offsets(),
          staging.firstOffset(fromBlock),
          staging.firstOffset(toBlock),
          scratch,
          Panels.SUMS_END - fromBlock * staging.blockStep(),
          pixels,
          copied ? scratch : dy,
          from,
          step,
          panel,
          dw,
          to,
          weightRows,
          scratch);
    }
  }

  /** Copies some columns, whose rows get floats after the last column. */
  private void copy(float[] dy, int from, int pixels, int columns, float[] scratch, int step) {
    for (int p = 0; p < pixels; p++) {
      System.arraycopy(
          dy, from + p * sweep.targetChannels(), scratch, gradientAt + p * step, columns);
    }
  }

  /** Copies a panel's columns; those that are missing keep what was there. */
  private void copyPanel(float[] dy, int from, int pixels, int columns, float[] scratch) {
    int channels = sweep.targetChannels();
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
