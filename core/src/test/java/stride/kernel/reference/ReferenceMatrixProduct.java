package stride.kernel.reference;

import org.jspecify.annotations.Nullable;

/** A dense layer's products: x (rows, in), w (in, out), y (rows, out). */
public final class ReferenceMatrixProduct {
  private ReferenceMatrixProduct() {}

  /** y[r, o] = bias[o] + the sum over i of x[r, i] w[i, o]. */
  public static double[] forward(
      int in, int out, double[] x, double[] w, double @Nullable [] bias) {
    int rows = x.length / in;
    var y = new double[rows * out];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        double sum = bias == null ? 0 : bias[o];
        for (int i = 0; i < in; i++) {
          sum += x[r * in + i] * w[i * out + o];
        }
        y[r * out + o] = sum;
      }
    }
    return y;
  }

  /** dx[r, i] = the sum over o of dy[r, o] w[i, o]. */
  public static double[] inputGradient(int in, int out, double[] dy, double[] w) {
    int rows = dy.length / out;
    var dx = new double[rows * in];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < in; i++) {
        double sum = 0;
        for (int o = 0; o < out; o++) {
          sum += dy[r * out + o] * w[i * out + o];
        }
        dx[r * in + i] = sum;
      }
    }
    return dx;
  }

  /** dw[i, o] = the sum over r of x[r, i] dy[r, o]. */
  public static double[] weightGradient(int in, int out, double[] x, double[] dy) {
    int rows = x.length / in;
    var dw = new double[in * out];
    for (int i = 0; i < in; i++) {
      for (int o = 0; o < out; o++) {
        double sum = 0;
        for (int r = 0; r < rows; r++) {
          sum += x[r * in + i] * dy[r * out + o];
        }
        dw[i * out + o] = sum;
      }
    }
    return dw;
  }
}
