package stride.kernel.vector.depthwise;

import org.jspecify.annotations.Nullable;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;

/**
 * A filter that {@link Slides} has kernels for: a full rectangle of taps, 3 or 5 neighbouring
 * columns and at most as many rows, that moves by one or two columns. Tiles of pixels, which
 * compute the others, are bound by their range checks and addresses, of which a row has fewer.
 */
final class SlidingFilter {
  private static final int L = Lanes.COUNT;

  /** Channels of a block of weights. */
  static final int UNIT = 2 * L;

  /**
   * The fewest channels. Vectors of 16 may overlap; a variable distance of narrower ones, of which
   * nearly all layers have two, would cost more than it saves.
   */
  private static final int FEWEST = L >= 16 ? L : UNIT;

  private final Sweep sweep;
  private final int columns;
  private final int rows;

  /** Rows from a row of taps to the next one. */
  private final int distance;

  private SlidingFilter(Sweep sweep, int columns, int rows, int distance) {
    this.sweep = sweep;
    this.columns = columns;
    this.rows = rows;
    this.distance = distance;
  }

  /** {@return the filter of a sweep, or null if other kernels are to compute it} */
  static @Nullable SlidingFilter of(Sweep sweep) {
    var reach = sweep.reach();
    int columns = reach.columns();
    int rows = sweep.taps().size() / columns;
    if (sweep.depth() < FEWEST
        || sweep.columnStep() > 2
        || columns != 3 && columns != 5
        || rows == 0
        || rows > columns) {
      return null;
    }
    int distance = rows == 1 ? 1 : (reach.rows() - 1) / (rows - 1);
    boolean full = sweep.taps().size() == rows * columns;
    for (int t = 0; t < sweep.taps().size() && full; t++) {
      var tap = sweep.taps().get(t);
      full =
          tap.row() == reach.row() + t / columns * distance
              && tap.column() == reach.column() + t % columns;
    }
    return full ? new SlidingFilter(sweep, columns, rows, distance) : null;
  }

  /**
   * Packs weights in blocks of two vectors of channels, [block][tap][channel]. The last block may
   * overlap the one before, and the two vectors of a single block each other.
   */
  void pack(float[] w, int wo, int channels, float[] packed, int po) {
    int apart = Math.min(L, channels - L);
    int to = po;
    for (int c = 0; c < channels; c += UNIT) {
      int first = Math.max(Math.min(c, channels - UNIT), 0);
      // By index: weights are packed in every training step, and an iterator is an object.
      for (int t = 0; t < sweep.taps().size(); t++, to += UNIT) {
        int from = wo + sweep.taps().get(t).number() * channels + first;
        System.arraycopy(w, from, packed, to, L);
        System.arraycopy(w, from + apart, packed, to + L, L);
      }
    }
  }

  /** {@return whether any row of taps is inside of the source for a row of outputs} */
  boolean reaches(int row) {
    int top = top(row);
    return skipped(top) < end(top);
  }

  private int top(int row) {
    return row * sweep.rowStep() + sweep.taps().getFirst().row();
  }

  /** Rows of taps above the source. */
  private int skipped(int top) {
    return Math.clamp(Math.ceilDiv(-top, distance), 0, rows);
  }

  /** Rows of taps above the source's last row, and those above the source. */
  private int end(int top) {
    return Math.clamp(Math.ceilDiv(sweep.sourceHeight() - top, distance), 0, rows);
  }

  /**
   * Computes a row of outputs; other parameters as in {@link Slides}.
   *
   * @param source the first channel of the source's first pixel
   * @param w the block of weights of the first channel
   * @param e scales and shifts, which are {@code padded} floats apart, from its first cache line
   */
  void row(
      int row,
      float[] x,
      int source,
      float[] packed,
      int w,
      int channels,
      float[] e,
      int padded,
      float floor,
      float ceiling,
      float @Nullable [] residual,
      int toResidual,
      float[] y,
      int yo,
      int yStep) {
    int top = top(row);
    int skipped = skipped(top);
    int rowFloats = sweep.sourceWidth() * sweep.sourcePitch();
    Slides.row(
        columns,
        sweep.columnStep(),
        end(top) - skipped,
        x,
        source + (top + skipped * distance) * rowFloats,
        distance * rowFloats,
        sweep.sourcePitch(),
        sweep.taps().getFirst().column(),
        sweep.sourceWidth(),
        packed,
        w + skipped * columns * UNIT,
        rows * columns * UNIT,
        channels,
        e,
        Lanes.ALIGNED,
        padded,
        floor,
        ceiling,
        residual,
        toResidual,
        y,
        yo,
        yStep,
        sweep.columns());
  }
}
