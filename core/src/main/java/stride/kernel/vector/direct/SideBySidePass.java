package stride.kernel.vector.direct;

import java.util.ArrayList;
import java.util.Arrays;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;

/**
 * A {@link Sweep} to few channels, several neighbouring output pixels of which are taken for one of
 * many channels: 2 pixels of 8 channels fill a vector of 16. Its filter has the columns of all
 * their filters, zero where a pixel's own does not reach: 10 for two pixels' 9.
 *
 * <p>Packed: [the wide filter, packed][room for the wide filter].
 */
public final class SideBySidePass implements ConvolutionPass {
  /** By how much the products have to be fewer. */
  private static final double GAIN = 1.3;

  private final Sweep sweep;
  private final int pixels;

  /** Columns of a pixel's filter, and of the wide one. */
  private final int columns;

  private final int wideColumns;
  private final int wideFloats;
  private final DirectPass wide;

  /** Makes the pass of a sweep that {@link #suits} it. */
  public SideBySidePass(Sweep sweep, int together, int threads) {
    this.sweep = sweep;
    pixels = pixels(sweep);
    columns = sweep.reach().columns();
    wideColumns = columns + (pixels - 1) * sweep.columnStep();
    int width = pixels * sweep.width();
    int rows = sweep.taps().size() / columns;
    wideFloats = rows * wideColumns * sweep.depth() * width;
    wide = new DirectPass(wide(rows, width), together, threads, pixels);
  }

  private Sweep wide(int rows, int width) {
    var taps = new ArrayList<Sweep.Tap>();
    for (int r = 0; r < rows; r++) {
      var first = sweep.taps().get(r * columns);
      for (int q = 0; q < wideColumns; q++) {
        taps.add(new Sweep.Tap(first.row(), first.column() + q, r * wideColumns + q));
      }
    }
    var target = sweep.target();
    int widePixels = sweep.columns() / pixels;
    return new Sweep(
        sweep.sourceHeight(),
        sweep.sourceWidth(),
        1,
        sweep.depth(),
        width,
        sweep.height(),
        widePixels,
        sweep.rowStep(),
        sweep.columnStep() * pixels,
        taps,
        new Sweep.Target(target.height(), widePixels, target.row(), target.rowStep(), 0, 1),
        new Sweep.WeightOrder(sweep.depth() * width, width, 1, 0),
        sweep.sourcePitch(),
        pixels * sweep.targetPitch());
  }

  /** {@return whether two or more neighbouring pixels fit into a vector and save products} */
  public static boolean suits(Sweep sweep) {
    var reach = sweep.reach();
    var target = sweep.target();
    int pixels = pixels(sweep);
    double products =
        (reach.columns() + (pixels - 1.0) * sweep.columnStep()) / (pixels * reach.columns());
    return sweep.groups() == 1
        && target.column() == 0
        && target.columnStep() == 1
        && target.width() == sweep.columns()
        && sweep.hasFullRows()
        && 1 / products >= GAIN;
  }

  /** The most neighbouring pixels that fit into a vector, and into which all rows fall. */
  private static int pixels(Sweep sweep) {
    int pixels = Math.max(Lanes.COUNT / sweep.width(), 1);
    while (sweep.columns() % pixels != 0) {
      pixels--;
    }
    return pixels;
  }

  @Override
  public String name() {
    return "side by side";
  }

  /**
   * The packed form depends on the rows of pixels, which one filter may meet in several lengths.
   */
  @Override
  public String packing() {
    return getClass().getName() + pixels;
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
    widen(w, wo, packed, room);
    wide.pack(0, packed, room, packed, po);
  }

  /** Writes the filter of several pixels: [row][column][channel][pixel][output channel]. */
  private void widen(float[] w, int wo, float[] to, int at) {
    Arrays.fill(to, at, at + wideFloats, 0);
    var order = sweep.weights();
    for (int t = 0; t < sweep.taps().size(); t++) {
      int from = wo + sweep.taps().get(t).number() * order.tapStep();
      for (int i = 0; i < pixels; i++) {
        int column = t / columns * wideColumns + t % columns + i * sweep.columnStep();
        for (int c = 0; c < sweep.depth(); c++) {
          int row = at + ((column * sweep.depth() + c) * pixels + i) * sweep.width();
          for (int j = 0; j < sweep.width(); j++) {
            to[row + j] = w[from + c * order.depthStep() + j * order.widthStep()];
          }
        }
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
