package stride.kernel.vector.direct;

import java.util.ArrayList;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.ConvGeometry;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;
import stride.kernel.vector.ColumnStaging;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Panels;
import stride.kernel.vector.Pixels;
import stride.kernel.vector.Sweep;

/**
 * The input gradient of a convolution with few input channels, or a convolution to few output
 * channels, where a vector of them would be mostly empty: the columns of a filter's row are taken
 * for channels, and the products of neighbouring pixels are added up where they overlap.
 *
 * <p>Row y of dx is the sum over filter rows i of row y + padding - i of dy times the filter's row;
 * that is a direct sweep with one column of taps, kernelWidth x inChannels wide. A part of the work
 * is a block of dx's pixels, whose staged form and products stay in the second-level cache.
 *
 * <p>Packed: [the panels][room for turned filters, in a forward pass].
 *
 * <p>Scratch: [tile's results][staged rows][products, a row of pixels][a row of dx].
 */
public final class OverlapPass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;

  /** Rows and columns of a block, at most. */
  private static final int ROWS = 16;

  private static final int COLUMNS = 128;

  private final ConvGeometry g;

  /** Whether the weights are those of a convolution to few channels, whose gradient this is not. */
  private final boolean forward;

  private final int sourcePitch;
  private final int targetPitch;
  private final int width;
  private final int pitch;
  private final int rows;
  private final int columns;
  private final int rowBlocks;
  private final int columnBlocks;

  /** Columns of dy that a block of dx's columns is made of. */
  private final int sources;

  private final ColumnStaging staging;
  private final Pixels staged;
  private final Panels panels;
  private final int[] weightRows;
  private final int productsAt;
  private final int rowAt;
  private final int rowLength;

  /** Makes the input gradient of a convolution that {@link #suits} it. */
  public OverlapPass(ConvGeometry g) {
    this(g, false, g.outChannels(), g.inChannels());
  }

  /**
   * Makes the forward pass of a convolution to few channels.
   *
   * @param g a convolution that {@link #suitsForward} says yes of
   * @param usage with the gaps between pixels
   */
  public static OverlapPass forward(ConvGeometry g, Kernels.Usage usage) {
    return new OverlapPass(
        turned(g),
        true,
        usage.inPitch() == 0 ? g.inChannels() : usage.inPitch(),
        usage.outPitch() == 0 ? g.outChannels() : usage.outPitch());
  }

  /** The convolution, of turned filters, whose input gradient a forward pass is. */
  private static ConvGeometry turned(ConvGeometry g) {
    return new ConvGeometry(
        g.outHeight(),
        g.outWidth(),
        g.outChannels(),
        g.inHeight(),
        g.inWidth(),
        g.inChannels(),
        g.kernelHeight(),
        g.kernelWidth(),
        1,
        1,
        (g.kernelHeight() - 1) * g.dilationHeight() - g.padTop(),
        g.kernelWidth() - 1 - g.padLeft(),
        g.dilationHeight(),
        1,
        1);
  }

  private OverlapPass(ConvGeometry g, boolean forward, int sourcePitch, int targetPitch) {
    this.g = g;
    this.forward = forward;
    this.sourcePitch = sourcePitch;
    this.targetPitch = targetPitch;
    width = g.kernelWidth() * g.inChannels();
    pitch = Lanes.roundUp(width, L);
    rowBlocks = Math.ceilDiv(g.inHeight(), ROWS);
    columnBlocks = Math.ceilDiv(g.inWidth(), COLUMNS);
    rows = Math.ceilDiv(g.inHeight(), rowBlocks);
    columns = Math.ceilDiv(g.inWidth(), columnBlocks);
    sources = columns + g.kernelWidth() - 1;
    var taps = new ArrayList<Sweep.Tap>();
    for (int i = g.kernelHeight() - 1; i >= 0; i--) {
      taps.add(new Sweep.Tap(g.padTop() - i * g.dilationHeight(), 0, i));
    }
    // In memory, columns of a filter's row follow each other in steps of inChannels x outChannels,
    // and input channels in steps of outChannels: together they are one dimension.
    var sweep =
        new Sweep(
            g.outHeight(),
            g.outWidth(),
            1,
            g.outChannels(),
            width,
            g.inHeight(),
            sources,
            1,
            1,
            taps,
            new Sweep.Target(g.inHeight(), sources, 0, 1, 0, 1),
            new Sweep.WeightOrder(width * g.outChannels(), 1, g.outChannels(), 0),
            sourcePitch,
            width);
    staging = new ColumnStaging(sweep, rows, sources);
    staged = Pixels.staged(staging);
    panels = new Panels(staging.places().length, width, g.outChannels());
    weightRows = DirectPass.weightRows(sweep, staging);
    productsAt = Panels.SUMS_END + staging.length();
    rowAt = productsAt + rows * sources * pitch + L;
    rowLength = sources - 1 + g.kernelWidth();
  }

  /** {@return whether a convolution has few enough input channels for this pass to be faster} */
  public static boolean suits(ConvGeometry g) {
    return g.groups() == 1
        && g.inChannels() <= 8
        && g.kernelWidth() > 1
        && g.kernelWidth() * g.inChannels() <= 4 * L
        && g.strideHeight() == 1
        && g.strideWidth() == 1
        && g.dilationWidth() == 1;
  }

  /** {@return whether a convolution's forward pass has few enough output channels to be faster} */
  public static boolean suitsForward(ConvGeometry g) {
    return g.inChannels() >= L / 2
        && suits(turned(g))
        && g.strideHeight() == 1
        && g.strideWidth() == 1
        && g.groups() == 1
        && g.dilationWidth() == 1;
  }

  @Override
  public String name() {
    return "overlap";
  }

  @Override
  public int scratchLength() {
    return rowAt + rowLength * g.inChannels() + 4 * L;
  }

  @Override
  public int packedLength() {
    return panels.packedLength() + (forward ? g.weights() : 0);
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    if (forward) {
      int room = po + panels.packedLength();
      turn(w, wo, packed, room);
      panels.pack(packed, room, weightRows, packed, po);
    } else {
      panels.pack(w, wo, weightRows, packed, po);
    }
  }

  /** Turns filters by half a turn, with input and output channels in each other's place. */
  private void turn(float[] w, int wo, float[] to, int at) {
    int taps = g.kernelHeight() * g.kernelWidth();
    int few = g.inChannels();
    int many = g.outChannels();
    for (int tap = 0; tap < taps; tap++) {
      for (int i = 0; i < few; i++) {
        for (int o = 0; o < many; o++) {
          to[at + ((taps - 1 - tap) * few + i) * many + o] = w[wo + (tap * many + o) * few + i];
        }
      }
    }
  }

  @Override
  public String packing() {
    return forward ? "turned overlap" : getClass().getName();
  }

  @Override
  public int parts(int samples) {
    return samples * rowBlocks * columnBlocks;
  }

  @Override
  public void run(
      float[] dy,
      int dyo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] dx,
      int dxo,
      int first,
      int samples,
      int part,
      float[] scratch) {
    int sample = first + part / (rowBlocks * columnBlocks);
    int row = part / columnBlocks % rowBlocks * rows;
    int column = part % columnBlocks * columns;
    int rowsHere = Math.min(rows, g.inHeight() - row);
    int columnsHere = Math.min(columns, g.inWidth() - column);
    if (rowsHere <= 0 || columnsHere <= 0) {
      return;
    }
    int source = dyo + sample * g.outPixels() * sourcePitch;
    int pixels = rowsHere * sources;
    staging.stage(
        dy,
        source,
        g.outWidth(),
        row,
        column + g.padLeft() - (g.kernelWidth() - 1),
        rowsHere,
        0,
        staging.blocks(),
        scratch,
        Panels.SUMS_END);
    for (int panel = 0; panel < panels.count(); panel++) {
      panels.multiply(
          staged,
          scratch,
          Panels.SUMS_END,
          pixels,
          packed,
          po,
          panel,
          Epilogue.NONE,
          0,
          scratch,
          0,
          productsAt,
          pixels,
          pitch,
          0,
          scratch);
    }
    int channels = g.inChannels();
    int target = dxo + sample * g.inPixels() * targetPitch;
    for (int r = 0; r < rowsHere; r++) {
      Arrays.fill(scratch, rowAt, rowAt + rowLength * channels, 0);
      addRow(scratch, productsAt + r * sources * pitch);
      store(
          scratch,
          epilogue,
          dx,
          dxo,
          target + ((row + r) * g.inWidth() + column) * targetPitch,
          columnsHere);
    }
  }

  /** Adds the products of a row of pixels where they overlap. */
  private void addRow(float[] scratch, int from) {
    for (int v = 0; v < width; v += L) {
      var mask = Lanes.S.indexInRange(v, width);
      int to = rowAt + v;
      for (int p = 0; p < sources; p++) {
        FloatVector.fromArray(Lanes.S, scratch, to)
            .add(FloatVector.fromArray(Lanes.S, scratch, from + p * pitch + v, mask))
            .intoArray(scratch, to);
        to += g.inChannels();
      }
    }
  }

  /** Stores a row of the block: the columns before it are other blocks'. */
  private void store(float[] scratch, Epilogue epilogue, float[] dx, int dxo, int to, int pixels) {
    int channels = g.inChannels();
    int from = rowAt + (g.kernelWidth() - 1) * channels;
    if (targetPitch == channels && epilogue.equals(Epilogue.NONE)) {
      System.arraycopy(scratch, from, dx, to, pixels * channels);
    } else {
      for (int p = 0; p < pixels; p++) {
        epilogue.apply(scratch, from + p * channels, 0, channels, dx, dxo, to + p * targetPitch);
      }
    }
  }
}
