package stride.kernel.reference;

import java.util.function.DoubleUnaryOperator;

/** Activations and their gradients, element by element. */
public final class ReferenceElementwise {
  private ReferenceElementwise() {}

  public static double[] tanh(double[] x) {
    return map(x, Math::tanh);
  }

  /** dx = dy (1 - y^2), with y = tanh(x). */
  public static double[] tanhGradient(double[] y, double[] dy) {
    var dx = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      dx[i] = dy[i] * (1 - y[i] * y[i]);
    }
    return dx;
  }

  public static double[] sigmoid(double[] x) {
    return map(x, v -> 1 / (1 + Math.exp(-v)));
  }

  /** dx = dy y (1 - y), with y = sigmoid(x). */
  public static double[] sigmoidGradient(double[] y, double[] dy) {
    var dx = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      dx[i] = dy[i] * y[i] * (1 - y[i]);
    }
    return dx;
  }

  /** 0 below 0, the ceiling above it, NaN for NaN. */
  public static double[] relu(double[] x, double ceiling) {
    return map(x, v -> v < 0 ? 0 : v > ceiling ? ceiling : v);
  }

  /** dx = dy where 0 < y < ceiling. */
  public static double[] reluGradient(double[] y, double[] dy, double ceiling) {
    var dx = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      if (0 < y[i] && y[i] < ceiling) {
        dx[i] = dy[i];
      }
    }
    return dx;
  }

  /** 0 up to -3, 1 from 3 on, a straight line between. */
  public static double[] hardSigmoid(double[] x) {
    return map(x, v -> v <= -3 ? 0 : v >= 3 ? 1 : v / 6 + 0.5);
  }

  /** x hardSigmoid(x). */
  public static double[] hardSwish(double[] x) {
    return map(x, v -> v <= -3 ? 0 : v >= 3 ? v : v * (v / 6 + 0.5));
  }

  /** The derivative of hardSwish. */
  public static double[] hardSwishSlope(double[] x) {
    return map(x, v -> v <= -3 ? 0 : v >= 3 ? 1 : v / 3 + 0.5);
  }

  /** x sigmoid(x). */
  public static double[] silu(double[] x) {
    return map(x, v -> v / (1 + Math.exp(-v)));
  }

  /** The derivative of silu. */
  public static double[] siluSlope(double[] x) {
    return map(x, v -> (1 + Math.exp(-v) * (1 + v)) / Math.pow(1 + Math.exp(-v), 2));
  }

  private static double[] map(double[] x, DoubleUnaryOperator function) {
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = function.applyAsDouble(x[i]);
    }
    return y;
  }
}
