package stride.kernel.scalar;

import org.jspecify.annotations.Nullable;
import stride.kernel.ConvGeometry;
import stride.kernel.MatrixProduct;

/** A dense layer's products as pointwise convolutions, each row a pixel. */
public final class ScalarMatrixProduct implements MatrixProduct {
  private final ScalarConvolution forward;
  private final ScalarConvolution transposed;

  public ScalarMatrixProduct(int in, int out) {
    // As many pixels as arrays have room for: a call says how many rows it has.
    int rows = Integer.MAX_VALUE / Math.max(in, out);
    forward = new ScalarConvolution(ConvGeometry.pointwise(rows, in, out));
    transposed = new ScalarConvolution(ConvGeometry.pointwise(rows, out, in));
  }

  @Override
  public int scratchLength() {
    return forward.scratchLength();
  }

  @Override
  public int packedLength() {
    return forward.packedLength();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    forward.pack(w, wo, packed, po);
  }

  @Override
  public int packedGradientLength() {
    return forward.packedGradientLength();
  }

  @Override
  public void packGradient(float[] w, int wo, float[] packed, int po) {
    forward.packGradient(w, wo, packed, po);
  }

  @Override
  public int panels() {
    return forward.panels();
  }

  @Override
  public int gradientPanels() {
    return transposed.panels();
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
    forward.forward(x, xo, packed, po, bias, bo, y, yo, 0, rows, fromPanel, toPanel, scratch);
  }

  /** The forward product with the transposed weights, which is how they were packed. */
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
    transposed.forward(dy, dyo, packed, po, null, 0, dx, dxo, 0, rows, fromPanel, toPanel, scratch);
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
    forward.weightGradient(x, xo, dy, dyo, rows, dw, dwo, fromPanel, toPanel, scratch);
  }
}
