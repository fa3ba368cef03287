package stride.kernel.vector.sample;

import java.util.Arrays;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Transposition;

/**
 * The source of a {@link Sweep} with samples in the lanes: [row][column][channel][L samples], with
 * zeros where taps reach beyond the image. A tap's channel is at a constant offset from where its
 * pixel's begin.
 */
final class SampleStaging {
  private static final int L = Lanes.COUNT;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final int firstRow;
  private final int rows;
  private final int columns;
  private final int[] starts;
  private final int[] places;
  private final int[] offsets;

  /**
   * @param paddedRows whether there are rows above and below the image; if not, taps must be left
   *     out there
   * @param room pixels after each row's last one that may be read
   */
  SampleStaging(Sweep sweep, boolean paddedRows, int room) {
    this.sweep = sweep;
    reach = sweep.reach();
    firstRow = paddedRows ? reach.row() : 0;
    rows =
        paddedRows ? (sweep.height() - 1) * sweep.rowStep() + reach.rows() : sweep.sourceHeight();
    columns = (sweep.columns() - 1 + room) * sweep.columnStep() + reach.columns();
    starts = new int[L];
    Arrays.setAll(starts, s -> s * sweep.sourceFloats());
    places = new int[sweep.sourceWidth() * sweep.depth()];
    Arrays.setAll(places, v -> v * L);
    offsets = new int[sweep.taps().size() * sweep.depth()];
    for (int k = 0; k < offsets.length; k++) {
      var tap = sweep.taps().get(k / sweep.depth());
      offsets[k] =
          (tap.row() - firstRow) * pitch()
              + (tap.column() - reach.column()) * pixel()
              + k % sweep.depth() * L;
    }
  }

  /** Returns the floats of a pixel. */
  int pixel() {
    return sweep.depth() * L;
  }

  /** Returns the floats of a row. */
  int pitch() {
    return columns * pixel();
  }

  int length() {
    return rows * pitch();
  }

  /** Returns the place from which output pixel (row, column)'s taps are offset. */
  int place(int row, int column) {
    return row * sweep.rowStep() * pitch() + column * sweep.columnStep() * pixel();
  }

  /** Returns the taps' offsets, channel by channel. */
  int[] offsets() {
    return offsets;
  }

  /**
   * Stages up to L samples; lanes without one are zero.
   *
   * @param xo where the first sample begins
   */
  void stage(float[] x, int xo, int samples, float[] a, int ao) {
    int depth = sweep.depth();
    int sourcePitch = sweep.sourcePitch();
    int begin = Math.clamp(-reach.column(), 0, columns);
    int end = Math.clamp(sweep.sourceWidth() - reach.column(), begin, columns);
    for (int r = 0; r < rows; r++) {
      int row = ao + r * pitch();
      int sourceRow = firstRow + r;
      if (sourceRow < 0 || sourceRow >= sweep.sourceHeight() || begin == end) {
        Arrays.fill(a, row, row + pitch(), 0);
        continue;
      }
      Arrays.fill(a, row, row + begin * pixel(), 0);
      int source = xo + (sourceRow * sweep.sourceWidth() + reach.column() + begin) * sourcePitch;
      int target = row + begin * pixel();
      int run = sourcePitch == depth ? end - begin : 1;
      for (int c = 0; c < end - begin; c += run) {
        Transposition.toLanes(
            x,
            source + c * sourcePitch,
            starts,
            samples,
            run * depth,
            a,
            target + c * pixel(),
            places);
      }
      Arrays.fill(a, row + end * pixel(), row + pitch(), 0);
    }
  }
}
