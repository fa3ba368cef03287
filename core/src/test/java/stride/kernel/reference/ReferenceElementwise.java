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

  /** x above 0, slope x below. */
  public static double[] leakyRelu(double[] x, double slope) {
    return map(x, v -> v < 0 ? slope * v : v);
  }

  /** x above 0, alpha (e^x - 1) below. */
  public static double[] elu(double[] x, double alpha) {
    return map(x, v -> v < 0 ? alpha * Math.expm1(v) : v);
  }

  /** x times the normal distribution's function. */
  public static double[] gelu(double[] x) {
    return map(x, v -> v * normal(v));
  }

  /** The derivative of gelu. */
  public static double[] geluSlope(double[] x) {
    return map(x, v -> normal(v) + v * density(v));
  }

  /** x (1 + tanh u) / 2. */
  public static double[] geluTanh(double[] x) {
    return map(x, v -> v * (1 + Math.tanh(bent(v))) / 2);
  }

  /** The derivative of geluTanh: (1 + tanh u) / 2 + x u' / (2 cosh^2 u). */
  public static double[] geluTanhSlope(double[] x) {
    return map(
        x,
        v ->
            (1 + Math.tanh(bent(v))) / 2
                + v
                    * Math.sqrt(2 / Math.PI)
                    * (1 + 3 * 0.044715 * v * v)
                    / (2 * Math.pow(Math.cosh(bent(v)), 2)));
  }

  private static double bent(double v) {
    return Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v);
  }

  /** x tanh(ln(1 + e^x)). */
  public static double[] mish(double[] x) {
    return map(x, v -> v * Math.tanh(Math.log1p(Math.exp(v))));
  }

  /** The derivative of mish: tanh s + x s' / cosh^2 s, with s = ln(1 + e^x). */
  public static double[] mishSlope(double[] x) {
    return map(
        x,
        v -> {
          double s = Math.log1p(Math.exp(v));
          return Math.tanh(s) + v / (1 + Math.exp(-v)) / Math.pow(Math.cosh(s), 2);
        });
  }

  /** ln(1 + e^(beta x)) / beta, x above the threshold. */
  public static double[] softplus(double[] x, double beta, double threshold) {
    return map(x, v -> beta * v > threshold ? v : Math.log1p(Math.exp(beta * v)) / beta);
  }

  /** The derivative of softplus. */
  public static double[] softplusSlope(double[] x, double beta, double threshold) {
    return map(x, v -> beta * v > threshold ? 1 : 1 / (1 + Math.exp(-beta * v)));
  }

  /** The normal distribution's density. */
  private static double density(double v) {
    return Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * The normal distribution's function: half, plus the density times x + x^3 / 3 + x^5 / 15 + ...;
   * far from 0 the density times Laplace's continued fraction 1 / (x + 1 / (x + 2 / (x + ...))).
   */
  public static double normal(double v) {
    double a = Math.abs(v);
    if (a < 5) {
      double sum = 0;
      double term = a;
      for (int k = 3; k < 250; k += 2) {
        sum += term;
        term *= a * a / k;
      }
      double half = density(a) * sum;
      return v < 0 ? 0.5 - half : 0.5 + half;
    }
    double fraction = a;
    for (int k = 60; k > 0; k--) {
      fraction = a + k / fraction;
    }
    double tail = density(a) / fraction;
    return v < 0 ? tail : 1 - tail;
  }

  private static double[] map(double[] x, DoubleUnaryOperator function) {
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = function.applyAsDouble(x[i]);
    }
    return y;
  }
}
