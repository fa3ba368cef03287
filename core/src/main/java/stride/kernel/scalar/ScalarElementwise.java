package stride.kernel.scalar;

import stride.kernel.Elementwise;

/**
 * Element-wise kernels.
 *
 * <p>Those of one input copy it to the output first and work in place: C2 (as of JDK 25) vectorises
 * a loop over one stretch of memory, but not one over two stretches at any offsets. The formulas
 * have no branches and no library calls, whose bits may differ between interpreter and compiler.
 */
public final class ScalarElementwise implements Elementwise {
  /** sqrt(2 / pi) and the cube's factor in GELU's approximation by tanh. */
  private static final double BEND = 0.7978845608028654;

  private static final double CUBE = 0.044715;

  /** 1 / sqrt(2 pi). */
  private static final double BELL_AT_ZERO = 0.3989422804014327;

  /** e to the power of it is a float still. */
  private static final float LARGEST_POWER = 88;

  /** Makes the element-wise kernels; they have no state. */
  public ScalarElementwise() {}

  @Override
  public void tanh(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] = Exponential.tanh(y[i]);
    }
  }

  @Override
  public void tanhGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = dy[dyo + i] * (1 - value * value);
    }
  }

  @Override
  public void exp(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] = Exponential.exp(Math.min(y[i], LARGEST_POWER));
    }
  }

  @Override
  public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] = Exponential.sigmoid(y[i]);
    }
  }

  @Override
  public void sigmoidGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = dy[dyo + i] * (value * (1 - value));
    }
  }

  @Override
  public void hardSigmoid(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] = Math.min(Math.max(y[i] + 3, 0), 6) / 6;
    }
  }

  @Override
  public void hardSigmoidGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = value > 0 & value < 1 ? dy[dyo + i] / 6 : 0;
    }
  }

  @Override
  public void hardSwish(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] *= Math.min(Math.max(y[i] + 3, 0), 6) / 6;
    }
  }

  @Override
  public void hardSwishGradient(
      float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      float value = x[xo + i];
      float slope = value <= -3 ? 0 : value >= 3 ? 1 : (2 * value + 3) / 6;
      dx[dxo + i] = slope * dy[dyo + i];
    }
  }

  @Override
  public void silu(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] *= Exponential.sigmoid(y[i]);
    }
  }

  @Override
  public void siluGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      float value = x[xo + i];
      float s = Exponential.sigmoid(value);
      dx[dxo + i] = dy[dyo + i] * (s * (1 + value * (1 - s)));
    }
  }

  @Override
  public void relu(float[] x, int xo, float[] y, int yo, float ceiling, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] = Math.min(Math.max(y[i], 0), ceiling);
    }
  }

  @Override
  public void reluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float ceiling, int n) {
    for (int i = 0; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = value > 0 & value < ceiling ? dy[dyo + i] : 0;
    }
  }

  @Override
  public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = a[ao + i] + b[bo + i];
    }
  }

  @Override
  public void scale(float scale, float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] *= scale;
    }
  }

  @Override
  public void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = a[ao + i] * b[bo + i];
    }
  }

  @Override
  public void subtract(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i++) {
      y[yo + i] = a[ao + i] - b[bo + i];
    }
  }

  @Override
  public void leakyRelu(float[] x, int xo, float[] y, int yo, float slope, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      y[i] = Math.max(y[i], 0) + slope * Math.min(y[i], 0);
    }
  }

  @Override
  public void leakyReluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float slope, int n) {
    for (int i = 0; i < n; i++) {
      dx[dxo + i] = y[yo + i] > 0 ? dy[dyo + i] : slope * dy[dyo + i];
    }
  }

  @Override
  public void elu(float[] x, int xo, float[] y, int yo, float alpha, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      double below = Exponential.minusOne(Math.min(y[i], 0));
      y[i] = (float) (Math.max(y[i], 0) + alpha * below);
    }
  }

  @Override
  public void eluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float alpha, int n) {
    for (int i = 0; i < n; i++) {
      float value = y[yo + i];
      dx[dxo + i] = value > 0 ? dy[dyo + i] : dy[dyo + i] * (value + alpha);
    }
  }

  @Override
  public void gelu(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      double value = y[i];
      double size = Math.abs(value);
      // x F(x) with F(x) = 1 - F(-x) for x above 0, without a branch.
      double tail = Exponential.tail(size, Exponential.power(-0.5 * value * value));
      y[i] = (float) (Math.max(value, 0) - size * tail);
    }
  }

  @Override
  public void geluGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      // Beyond 13 the slope is 0 or 1.
      double value = Math.max(-13, Math.min(13, x[xo + i]));
      double bell = Exponential.power(-0.5 * value * value);
      double tail = Exponential.tail(Math.abs(value), bell);
      double slope = (value > 0 ? 1 - tail : tail) + value * bell * BELL_AT_ZERO;
      dx[dxo + i] = (float) (dy[dyo + i] * slope);
    }
  }

  @Override
  public void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      double value = y[i];
      double u = BEND * value * (1 + CUBE * value * value);
      y[i] = (float) (value / (1 + Exponential.power(-2 * u)));
    }
  }

  @Override
  public void geluTanhGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      // Beyond 10 the slope is 0 or 1.
      double value = Math.max(-10, Math.min(10, x[xo + i]));
      double square = CUBE * value * value;
      double s = 1 / (1 + Exponential.power(-2 * BEND * value * (1 + square)));
      double slope = s + 2 * value * s * (1 - s) * BEND * (1 + 3 * square);
      dx[dxo + i] = (float) (dy[dyo + i] * slope);
    }
  }

  @Override
  public void mish(float[] x, int xo, float[] y, int yo, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      double e = Exponential.power(y[i]);
      double m = e * (e + 2);
      y[i] = (float) (y[i] * (m / (m + 2)));
    }
  }

  @Override
  public void mishGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i++) {
      // Beyond 100 the slope is 0 or 1.
      double value = Math.max(-100, Math.min(100, x[xo + i]));
      double e = Exponential.power(value);
      double m = e * (e + 2);
      double r = 1 / (m + 2);
      dx[dxo + i] = (float) (dy[dyo + i] * (m * r + 4 * value * (e * r) * ((1 + e) * r)));
    }
  }

  @Override
  public void softplus(float[] x, int xo, float[] y, int yo, float beta, float threshold, int n) {
    copy(x, xo, y, yo, n);
    for (int i = yo; i < yo + n; i++) {
      float z = beta * y[i];
      double log = Math.max(z, 0) + Exponential.logOnePlus(Exponential.power(-Math.abs(z)));
      y[i] = z > threshold ? y[i] : (float) (log / beta);
    }
  }

  @Override
  public void softplusGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      float beta,
      float threshold,
      int n) {
    for (int i = 0; i < n; i++) {
      float z = beta * x[xo + i];
      dx[dxo + i] = z > threshold ? dy[dyo + i] : dy[dyo + i] * Exponential.sigmoid(z);
    }
  }

  private static void copy(float[] x, int xo, float[] y, int yo, int n) {
    if (x != y || xo != yo) {
      System.arraycopy(x, xo, y, yo, n);
    }
  }
}
