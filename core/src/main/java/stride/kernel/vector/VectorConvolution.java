package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;

/**
 * A convolution as a product of staged patches and packed filters, group by group (im2col, in bands
 * that stay in the cache). Its input gradient multiplies by the transposed filters and adds the
 * patches back up where they overlap: the full convolution, term by term. Its weight gradient is
 * the transposed product of patches and output gradient.
 *
 * <p>Scratch: [tile's results][band of staged patches][padded image or rows of it][gradient
 * patches].
 */
final class VectorConvolution implements Convolution {
  private static final int L = Lanes.COUNT;

  private final ConvGeometry g;
  private final int in;
  private final int out;
  private final int band;
  private final int paddedWidth;
  private final int paddedHeight;
  private final Staging patches;
  private final Staging gradients;
  private final Panels forward;
  private final Panels gradient;
  private final int[] runs;
  private final int run;
  private final int stagedAt = Panels.TILE_LENGTH;
  private final int paddedAt;
  private final int rowsAt;

  VectorConvolution(ConvGeometry g) {
    this.g = g;
    in = g.groupInChannels();
    out = g.groupOutChannels();
    band = VectorMatrixProduct.band(Math.max(g.patchLength(), out));
    paddedHeight =
        (g.outHeight() - 1) * g.strideHeight() + (g.kernelHeight() - 1) * g.dilationHeight() + 1;
    paddedWidth =
        (g.outWidth() - 1) * g.strideWidth() + (g.kernelWidth() - 1) * g.dilationWidth() + 1;
    boolean wholeRows = g.dilationWidth() == 1;
    run = wholeRows ? g.kernelWidth() * in : in;
    runs = new int[wholeRows ? g.kernelHeight() : g.kernelHeight() * g.kernelWidth()];
    for (int i = 0; i < runs.length; i++) {
      int row = wholeRows ? i : i / g.kernelWidth();
      int column = wholeRows ? 0 : i % g.kernelWidth();
      runs[i] = (row * g.dilationHeight() * paddedWidth + column * g.dilationWidth()) * in;
    }
    patches = new Staging(runs, run, band);
    gradients = new Staging(new int[] {0}, out, band);
    forward = new Panels(g.patchLength(), out);
    gradient = new Panels(out, g.patchLength());
    paddedAt = stagedAt + Math.max(patches.stagedLength(), gradients.stagedLength());
    rowsAt = paddedAt + paddedHeight * paddedWidth * in + 2 * L;
  }

  @Override
  public ConvGeometry geometry() {
    return g;
  }

  @Override
  public int scratchLength() {
    int gradientPatches = band * g.patchLength();
    int gradientRows = (band + 1) * Lanes.roundUp(out, L) + L;
    return rowsAt + Math.max(gradientPatches, gradientRows) + 2 * L;
  }

  @Override
  public int packedLength() {
    return g.groups() * forward.packedLength();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    for (int group = 0; group < g.groups(); group++) {
      forward.pack(
          w, wo + group * out, g.outChannels(), packed, po + group * forward.packedLength());
    }
  }

  @Override
  public int packedGradientLength() {
    return g.groups() * gradient.packedLength();
  }

  @Override
  public void packGradient(float[] w, int wo, float[] packed, int po) {
    for (int group = 0; group < g.groups(); group++) {
      gradient.packTransposed(
          w, wo + group * out, g.outChannels(), packed, po + group * gradient.packedLength());
    }
  }

  /** Panels count through the groups. */
  @Override
  public int panels() {
    return g.groups() * forward.count();
  }

  @Override
  public void forward(
      float[] x,
      int xo,
      float[] packed,
      int po,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int fromPixel,
      int toPixel,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    for (int panel = fromPanel; panel < toPanel; ) {
      int group = panel / forward.count();
      int end = Math.min(toPanel, (group + 1) * forward.count());
      pad(x, xo, group, fromPixel / g.outWidth(), (toPixel - 1) / g.outWidth() + 1, scratch);
      for (int pixel = fromPixel; pixel < toPixel; pixel += band) {
        int n = Math.min(band, toPixel - pixel);
        stagePatches(pixel, n, scratch);
        for (int p = panel; p < end; p++) {
          forward.multiply(
              patches.offsets(),
              scratch,
              stagedAt,
              n,
              packed,
              po + group * forward.packedLength(),
              p % forward.count(),
              bias,
              bo + group * out,
              y,
              yo + pixel * g.outChannels() + group * out,
              g.outChannels(),
              scratch,
              0);
        }
      }
      panel = end;
    }
  }

  @Override
  public void inputGradient(
      float[] dy, int dyo, float[] packed, int po, float[] dx, int dxo, float[] scratch) {
    int patch = g.patchLength();
    for (int group = 0; group < g.groups(); group++) {
      Arrays.fill(scratch, paddedAt, paddedAt + paddedHeight * paddedWidth * in, 0);
      for (int pixel = 0; pixel < g.outPixels(); pixel += band) {
        int n = Math.min(band, g.outPixels() - pixel);
        gradients.stage(
            dy,
            dyo + pixel * g.outChannels() + group * out,
            g.outChannels(),
            n,
            scratch,
            stagedAt,
            0);
        for (int panel = 0; panel < gradient.count(); panel++) {
          gradient.multiply(
              gradients.offsets(),
              scratch,
              stagedAt,
              n,
              packed,
              po + group * gradient.packedLength(),
              panel,
              null,
              0,
              scratch,
              rowsAt,
              patch,
              scratch,
              0);
        }
        for (int p = 0; p < n; p++) {
          addPatch(scratch, rowsAt + p * patch, paddedAt + patchPlace(pixel + p));
        }
      }
      unpad(scratch, dx, dxo, group);
    }
  }

  @Override
  public void weightGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] dw,
      int dwo,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    boolean whole = out % L == 0;
    int step = whole ? g.outChannels() : Lanes.roundUp(out, L);
    for (int panel = fromPanel; panel < toPanel; ) {
      int group = panel / forward.count();
      int end = Math.min(toPanel, (group + 1) * forward.count());
      pad(x, xo, group, 0, g.outHeight(), scratch);
      for (int pixel = 0; pixel < g.outPixels(); pixel += band) {
        int n = Math.min(band, g.outPixels() - pixel);
        stagePatches(pixel, n, scratch);
        int from = dyo + pixel * g.outChannels() + group * out;
        if (!whole) {
          for (int p = 0; p < n; p++) {
            System.arraycopy(dy, from + p * g.outChannels(), scratch, rowsAt + p * step, out);
          }
        }
        for (int p = panel; p < end; p++) {
          forward.multiplyTransposed(
              patches.offsets(),
              scratch,
              stagedAt,
              n,
              whole ? dy : scratch,
              whole ? from : rowsAt,
              step,
              p % forward.count(),
              dw,
              dwo + group * out,
              g.outChannels(),
              scratch,
              0);
        }
      }
      panel = end;
    }
  }

  /** Where an output pixel's patch begins in the padded image. */
  private int patchPlace(int pixel) {
    int y = pixel / g.outWidth();
    int x = pixel % g.outWidth();
    return (y * g.strideHeight() * paddedWidth + x * g.strideWidth()) * in;
  }

  /** Stages the patches of {@code n} output pixels from {@code pixel} on, row by row. */
  private void stagePatches(int pixel, int n, float[] scratch) {
    for (int done = 0; done < n; ) {
      int columns = Math.min(n - done, g.outWidth() - (pixel + done) % g.outWidth());
      patches.stage(
          scratch,
          paddedAt + patchPlace(pixel + done),
          g.strideWidth() * in,
          columns,
          scratch,
          stagedAt,
          done);
      done += columns;
    }
  }

  /**
   * Copies what the output rows [fromRow, toRow) read of one group into the padded image, zeros
   * around it.
   */
  private void pad(float[] x, int xo, int group, int fromRow, int toRow, float[] scratch) {
    int first = fromRow * g.strideHeight();
    int last = (toRow - 1) * g.strideHeight() + (g.kernelHeight() - 1) * g.dilationHeight();
    int left = Math.min(g.padLeft(), paddedWidth);
    int columns = Math.clamp(paddedWidth - left, 0, g.inWidth());
    for (int row = first; row <= last; row++) {
      int to = paddedAt + row * paddedWidth * in;
      int y = row - g.padTop();
      if (y < 0 || y >= g.inHeight()) {
        Arrays.fill(scratch, to, to + paddedWidth * in, 0);
        continue;
      }
      Arrays.fill(scratch, to, to + left * in, 0);
      int from = xo + y * g.inWidth() * g.inChannels() + group * in;
      if (g.groups() == 1) {
        System.arraycopy(x, from, scratch, to + left * in, columns * in);
      } else {
        for (int c = 0; c < columns; c++) {
          System.arraycopy(x, from + c * g.inChannels(), scratch, to + (left + c) * in, in);
        }
      }
      Arrays.fill(scratch, to + (left + columns) * in, to + paddedWidth * in, 0);
    }
  }

  /**
   * Copies one group's padded gradient without its padding to dx; pixels that no patch reads get
   * zero.
   */
  private void unpad(float[] scratch, float[] dx, int dxo, int group) {
    for (int y = 0; y < g.inHeight(); y++) {
      int row = y + g.padTop();
      for (int x = 0; x < g.inWidth(); x++) {
        int column = x + g.padLeft();
        int to = dxo + (y * g.inWidth() + x) * g.inChannels() + group * in;
        if (row < paddedHeight && column < paddedWidth) {
          System.arraycopy(scratch, paddedAt + (row * paddedWidth + column) * in, dx, to, in);
        } else {
          Arrays.fill(dx, to, to + in, 0);
        }
      }
    }
  }

  /** Adds one gradient patch at its place in the padded image. */
  private void addPatch(float[] scratch, int patch, int place) {
    var s = Lanes.S;
    int from = patch;
    for (int start : runs) {
      int to = place + start;
      int i = 0;
      for (; i + L <= run; i += L) {
        FloatVector.fromArray(s, scratch, to + i)
            .add(FloatVector.fromArray(s, scratch, from + i))
            .intoArray(scratch, to + i);
      }
      if (i < run) {
        var mask = Lanes.S.indexInRange(0, run - i);
        FloatVector.fromArray(s, scratch, to + i, mask)
            .add(FloatVector.fromArray(s, scratch, from + i, mask))
            .intoArray(scratch, to + i, mask);
      }
      from += run;
    }
  }
}
