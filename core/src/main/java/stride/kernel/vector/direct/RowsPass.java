package stride.kernel.vector.direct;

import java.util.Arrays;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Panels;
import stride.kernel.vector.Pixels;
import stride.kernel.vector.Sweep;

/**
 * A {@link Sweep} from few channels. A row of the filter reads neighbouring floats of the source: 9
 * for 3 columns of 3 channels. The source's rows are copied once, with zeros for the padding, and a
 * tile reads each row of the filter where it lies in that copy. Staged patches would hold every
 * value several times, and would fill the 27 values of a 3x3 filter up to 32.
 *
 * <p>Scratch: [tile's results][rows of the source with their borders].
 */
public final class RowsPass implements ConvolutionPass {
  /** Rows of outputs in a part, at most. */
  private static final int ROWS = 8;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final int rows;

  /** Floats of a row of the source with its borders. */
  private final int rowFloats;

  private final Pixels pixels;
  private final Panels panels;
  private final int[] weightRows;

  /**
   * Makes the pass of a sweep that {@link #suits} it.
   *
   * @param together samples that usually run together
   */
  public RowsPass(Sweep sweep, int together, int threads) {
    this.sweep = sweep;
    reach = sweep.reach();
    rows = rows(sweep.height(), together, threads);
    int depth = sweep.depth();
    rowFloats = ((sweep.columns() - 1) * sweep.columnStep() + reach.columns()) * depth;
    var taps = sweep.taps();
    var offsets = new int[taps.size() / reach.columns()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = (taps.get(i * reach.columns()).row() - reach.row()) * rowFloats;
    }
    pixels = new Pixels(offsets, reach.columns() * depth, sweep.columnStep() * depth, false);
    weightRows = new int[taps.size() * depth];
    var order = sweep.weights();
    for (int k = 0; k < weightRows.length; k++) {
      weightRows[k] =
          taps.get(k / depth).number() * order.tapStep() + k % depth * order.depthStep();
    }
    panels = new Panels(weightRows.length, sweep.width(), order.widthStep());
  }

  /** Returns the rows of outputs in a part: threads have equally many parts. */
  private static int rows(int height, int together, int threads) {
    int parts = Math.ceilDiv(together * height, ROWS);
    parts = Math.ceilDiv(parts, threads) * threads;
    return Math.clamp(Math.ceilDiv(together * height, parts), 1, ROWS);
  }

  /** {@return whether there are tiles for the runs of a sweep} */
  public static boolean suits(Sweep sweep) {
    return sweep.groups() == 1
        && sweep.taps().size() > 1
        && sweep.columns() >= Pixels.FEWEST
        && sweep.hasFullRows()
        && Pixels.suitRuns(sweep.reach().columns() * sweep.depth());
  }

  @Override
  public String name() {
    return "rows";
  }

  @Override
  public int scratchLength() {
    return Panels.SUMS_END + ((rows - 1) * sweep.rowStep() + reach.rows()) * rowFloats;
  }

  @Override
  public int packedLength() {
    return panels.packedLength();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    panels.pack(w, wo, weightRows, packed, po);
  }

  @Override
  public int parts(int samples) {
    return samples * Math.ceilDiv(sweep.height(), rows);
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
    int blocks = Math.ceilDiv(sweep.height(), rows);
    int sample = first + part / blocks;
    int row = part % blocks * rows;
    int rowsHere = Math.min(rows, sweep.height() - row);
    copy(x, xo + sample * sweep.sourceFloats(), row * sweep.rowStep(), rowsHere, scratch);
    var place = sweep.target();
    int step = place.columnStep() * sweep.targetPitch();
    for (int r = 0; r < rowsHere; r++) {
      int pixel = (place.row() + (row + r) * place.rowStep()) * place.width() + place.column();
      int target = yo + sample * sweep.targetFloats() + pixel * sweep.targetPitch();
      int source = Panels.SUMS_END + r * sweep.rowStep() * rowFloats;
      for (int panel = 0; panel < panels.count(); panel++) {
        panels.multiply(
            pixels,
            scratch,
            source,
            sweep.columns(),
            packed,
            po,
            panel,
            epilogue,
            0,
            y,
            yo,
            target,
            sweep.columns(),
            step,
            0,
            scratch);
      }
    }
  }

  /** Copies what some rows of outputs need of an image, zeros outside of it. */
  private void copy(float[] x, int image, int row, int rowsHere, float[] to) {
    int depth = sweep.depth();
    int pitch = sweep.sourcePitch();
    int left = Math.max(-reach.column(), 0);
    int width = rowFloats / depth;
    int right = Math.clamp(sweep.sourceWidth() - reach.column(), left, width);
    int n = (rowsHere - 1) * sweep.rowStep() + reach.rows();
    for (int r = 0; r < n; r++) {
      int at = Panels.SUMS_END + r * rowFloats;
      int sourceRow = row + r + reach.row();
      if (sourceRow < 0 || sourceRow >= sweep.sourceHeight()) {
        Arrays.fill(to, at, at + rowFloats, 0);
        continue;
      }
      int from = image + (sourceRow * sweep.sourceWidth() + left + reach.column()) * pitch;
      Arrays.fill(to, at, at + left * depth, 0);
      if (pitch == depth) {
        System.arraycopy(x, from, to, at + left * depth, (right - left) * depth);
      } else {
        for (int i = left; i < right; i++, from += pitch) {
          System.arraycopy(x, from, to, at + i * depth, depth);
        }
      }
      Arrays.fill(to, at + right * depth, at + rowFloats, 0);
    }
  }
}
