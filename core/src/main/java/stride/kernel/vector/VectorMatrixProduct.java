package stride.kernel.vector;

import org.jspecify.annotations.Nullable;
import stride.kernel.MatrixProduct;

/**
 * A dense layer's products: rows are staged like pixels, a band at a time, and multiplied panel by
 * panel.
 */
final class VectorMatrixProduct implements MatrixProduct {
  /** Rows are staged in bands of about this many floats, which stay in the second-level cache. */
  private static final int BAND_FLOATS = 1 << 14;

  private final int in;
  private final int out;
  private final int band;
  private final int gradientBand;
  private final Staging inputs;
  private final Staging outputs;
  private final Panels forward;
  private final Panels gradient;

  VectorMatrixProduct(int in, int out) {
    this.in = in;
    this.out = out;
    band = band(in);
    gradientBand = band(out);
    inputs = new Staging(new int[] {0}, in, band);
    outputs = new Staging(new int[] {0}, out, gradientBand);
    forward = new Panels(in, out);
    gradient = new Panels(out, in);
  }

  /** Rows to a band: a whole number of tiles. */
  static int band(int depth) {
    int tiles = Math.clamp(BAND_FLOATS / (Panels.TILE_PIXELS * Math.max(depth, 1)), 2, 64);
    return tiles * Panels.TILE_PIXELS;
  }

  @Override
  public int scratchLength() {
    return Panels.TILE_LENGTH
        + Math.max(inputs.stagedLength(), outputs.stagedLength())
        + (band + 1) * Lanes.roundUp(out, Lanes.COUNT)
        + Lanes.COUNT;
  }

  @Override
  public int packedLength() {
    return forward.packedLength();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    forward.pack(w, wo, out, packed, po);
  }

  @Override
  public int packedGradientLength() {
    return gradient.packedLength();
  }

  @Override
  public void packGradient(float[] w, int wo, float[] packed, int po) {
    gradient.packTransposed(w, wo, out, packed, po);
  }

  @Override
  public int panels() {
    return forward.count();
  }

  @Override
  public int gradientPanels() {
    return gradient.count();
  }

  @Override
  public void forward(
      float[] x,
      int xo,
      int rows,
      float[] packed,
      int po,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    for (int row = 0; row < rows; row += band) {
      int n = Math.min(band, rows - row);
      inputs.stage(x, xo + row * in, in, n, scratch, Panels.TILE_LENGTH, 0);
      for (int panel = fromPanel; panel < toPanel; panel++) {
        forward.multiply(
            inputs.offsets(),
            scratch,
            Panels.TILE_LENGTH,
            n,
            packed,
            po,
            panel,
            bias,
            bo,
            y,
            yo + row * out,
            out,
            scratch,
            0);
      }
    }
  }

  @Override
  public void inputGradient(
      float[] dy,
      int dyo,
      int rows,
      float[] packed,
      int po,
      float[] dx,
      int dxo,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    for (int row = 0; row < rows; row += gradientBand) {
      int n = Math.min(gradientBand, rows - row);
      outputs.stage(dy, dyo + row * out, out, n, scratch, Panels.TILE_LENGTH, 0);
      for (int panel = fromPanel; panel < toPanel; panel++) {
        gradient.multiply(
            outputs.offsets(),
            scratch,
            Panels.TILE_LENGTH,
            n,
            packed,
            po,
            panel,
            null,
            0,
            dx,
            dxo + row * in,
            in,
            scratch,
            0);
      }
    }
  }

  @Override
  public void weightGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      float[] dw,
      int dwo,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    boolean whole = out % Lanes.COUNT == 0;
    int step = Lanes.roundUp(out, Lanes.COUNT);
    int padded = Panels.TILE_LENGTH + inputs.stagedLength();
    for (int row = 0; row < rows; row += band) {
      int n = Math.min(band, rows - row);
      inputs.stage(x, xo + row * in, in, n, scratch, Panels.TILE_LENGTH, 0);
      if (!whole) {
        for (int p = 0; p < n; p++) {
          System.arraycopy(dy, dyo + (row + p) * out, scratch, padded + p * step, out);
        }
      }
      for (int panel = fromPanel; panel < toPanel; panel++) {
        forward.multiplyTransposed(
            inputs.offsets(),
            scratch,
            Panels.TILE_LENGTH,
            n,
            whole ? dy : scratch,
            whole ? dyo + row * out : padded,
            step,
            panel,
            dw,
            dwo,
            out,
            scratch,
            0);
      }
    }
  }
}
