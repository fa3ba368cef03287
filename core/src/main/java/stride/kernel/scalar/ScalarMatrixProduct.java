package stride.kernel.scalar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.kernel.MatrixProduct;

/**
 * A dense layer's products in plain loops over contiguous outputs. Weights are read as they lie;
 * for the input gradient they are transposed. A panel is a range of outputs (of inputs, for the
 * input gradient).
 */
public final class ScalarMatrixProduct implements MatrixProduct {
  private static final int PANEL = 32;

  private final int in;
  private final int out;

  public ScalarMatrixProduct(int in, int out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public int scratchLength() {
    return 0;
  }

  @Override
  public int packedLength() {
    return in * out;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    System.arraycopy(w, wo, packed, po, in * out);
  }

  @Override
  public int packedGradientLength() {
    return in * out;
  }

  @Override
  public void packGradient(float[] w, int wo, float[] packed, int po) {
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        packed[po + o * in + i] = w[wo + i * out + o];
      }
    }
  }

  @Override
  public int panels() {
    return (out + PANEL - 1) / PANEL;
  }

  @Override
  public int gradientPanels() {
    return (in + PANEL - 1) / PANEL;
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
    int from = fromPanel * PANEL;
    int to = Math.min(toPanel * PANEL, out);
    for (int row = 0; row < rows; row++) {
      int at = yo + row * out;
      if (bias == null) {
        Arrays.fill(y, at + from, at + to, 0);
      } else {
        System.arraycopy(bias, bo + from, y, at + from, to - from);
      }
      multiply(x, xo + row * in, in, packed, po, out, y, at, from, to);
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
    int from = fromPanel * PANEL;
    int to = Math.min(toPanel * PANEL, in);
    for (int row = 0; row < rows; row++) {
      int at = dxo + row * in;
      Arrays.fill(dx, at + from, at + to, 0);
      multiply(dy, dyo + row * out, out, packed, po, in, dx, at, from, to);
    }
  }

  /** y[from..to) += x w for one row, where w has {@code depth} rows of {@code width}. */
  private static void multiply(
      float[] x,
      int xo,
      int depth,
      float[] w,
      int wo,
      int width,
      float[] y,
      int yo,
      int from,
      int to) {
    for (int k = 0; k < depth; k++) {
      float value = x[xo + k];
      int row = wo + k * width;
      for (int j = from; j < to; j++) {
        y[yo + j] += value * w[row + j];
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
    int from = fromPanel * PANEL;
    int to = Math.min(toPanel * PANEL, out);
    for (int i = 0; i < in; i++) {
      int at = dwo + i * out;
      for (int row = 0; row < rows; row++) {
        float value = x[xo + row * in + i];
        int g = dyo + row * out;
        for (int j = from; j < to; j++) {
          dw[at + j] += value * dy[g + j];
        }
      }
    }
  }
}
