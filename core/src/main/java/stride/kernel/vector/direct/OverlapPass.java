package stride.kernel.vector.direct;

import java.util.ArrayList;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.ConvGeometry;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.ColumnStaging;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Panels;
import stride.kernel.vector.Sweep;

/**
 * The input gradient of a convolution with few input channels, where a vector of them would be
 * mostly empty: the columns of a filter's row are taken for channels, and the products of
 * neighbouring pixels are added up where they overlap.
 *
 * <p>Row y of dx is the sum over filter rows i of row y + padding - i of dy times the filter's row;
 * that is a direct sweep with one column of taps, kernelWidth x inChannels wide.
 *
 * <p>Scratch: [tile's results][staged rows][products, a row of pixels][a row of dx].
 */
public final class OverlapPass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;

  private final ConvGeometry g;
  private final int width;
  private final int pitch;
  private final ColumnStaging staging;
  private final Panels panels;
  private final int[] weightRows;
  private final int productsAt;
  private final int rowAt;
  private final int rowLength;

  /** Makes the input gradient of a convolution that {@link #suits} it. */
  public OverlapPass(ConvGeometry g) {
    this.g = g;
    width = g.kernelWidth() * g.inChannels();
    pitch = Lanes.roundUp(width, L);
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
            g.outWidth(),
            1,
            1,
            taps,
            new Sweep.Target(g.inHeight(), g.outWidth(), 0, 1, 0, 1),
            new Sweep.WeightOrder(width * g.outChannels(), 1, g.outChannels(), 0),
            g.outChannels(),
            width);
    staging = new ColumnStaging(sweep, g.inHeight(), g.outWidth());
    panels = new Panels(staging.places().length, width, g.outChannels());
    weightRows = DirectPass.weightRows(sweep, staging);
    productsAt = Panels.SUMS_END + staging.length();
    rowAt = productsAt + g.inHeight() * g.outWidth() * pitch + L;
    rowLength = Math.max(g.outWidth() - 1 + g.kernelWidth(), g.padLeft() + g.inWidth());
  }

  /** {@return whether a convolution has few enough input channels for this pass to be faster} */
  public static boolean suits(ConvGeometry g) {
    return g.groups() == 1
        && g.inChannels() <= 8
        && g.kernelWidth() > 1
        && g.kernelWidth() * g.inChannels() <= 4 * L
        && g.strideHeight() == 1
        && g.strideWidth() == 1
        && g.dilationWidth() == 1
        && (long) g.inHeight() * g.outWidth() <= 4096;
  }

  @Override
  public String name() {
    return "overlap";
  }

  @Override
  public int scratchLength() {
    return rowAt + rowLength * g.inChannels() + 2 * L;
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
    return samples;
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
    int sample = first + part;
    int source = dyo + sample * g.outPixels() * g.outChannels();
    int pixels = g.inHeight() * g.outWidth();
    staging.stage(
        dy,
        source,
        g.outWidth(),
        0,
        0,
        g.inHeight(),
        0,
        staging.blocks(),
        scratch,
        Panels.SUMS_END);
    for (int panel = 0; panel < panels.count(); panel++) {
      panels.multiply(
          staging.offsets(),
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
    int target = dxo + sample * g.inPixels() * channels;
    for (int row = 0; row < g.inHeight(); row++) {
      Arrays.fill(scratch, rowAt, rowAt + rowLength * channels, 0);
      addRow(scratch, productsAt + row * g.outWidth() * pitch);
      store(scratch, epilogue, dx, dxo, target + row * g.inWidth() * channels);
    }
  }

  /** Adds the products of a row of pixels where they overlap. */
  private void addRow(float[] scratch, int from) {
    for (int v = 0; v < width; v += L) {
      var mask = Lanes.S.indexInRange(v, width);
      int to = rowAt + v;
      for (int p = 0; p < g.outWidth(); p++) {
        FloatVector.fromArray(Lanes.S, scratch, to)
            .add(FloatVector.fromArray(Lanes.S, scratch, from + p * pitch + v, mask))
            .intoArray(scratch, to);
        to += g.inChannels();
      }
    }
  }

  /** Stores a row without its padding. */
  private void store(float[] scratch, Epilogue epilogue, float[] dx, int dxo, int to) {
    int channels = g.inChannels();
    int from = rowAt + g.padLeft() * channels;
    if (epilogue.equals(Epilogue.NONE)) {
      System.arraycopy(scratch, from, dx, to, g.inWidth() * channels);
    } else {
      for (int p = 0; p < g.inWidth(); p++) {
        epilogue.apply(scratch, from + p * channels, 0, channels, dx, dxo, to + p * channels);
      }
    }
  }
}
