package stride.kernel;

/**
 * Kernels over {@code n} floats, element by element. Input and output may be the same array at the
 * same offset. An element's bits do not depend on its position in the range.
 *
 * <p>An array is followed by the offset of its first element: {@code x, xo}.
 */
public interface Elementwise {
  /** y = f(x) over n floats. */
  @FunctionalInterface
  interface Function {
    /**
     * Reads {@code x[xo]} to {@code x[xo + n - 1]} and writes as many floats from {@code y[yo]};
     * {@code x} and {@code y} may be the same floats.
     */
    void apply(float[] x, int xo, float[] y, int yo, int n);
  }

  /** dx from y, or from x, and dy over n floats. */
  @FunctionalInterface
  interface Gradient {
    /**
     * Reads n floats from {@code y[yo]} and from {@code dy[dyo]}, and writes as many from {@code
     * dx[dxo]}; {@code dx} may be the same floats as {@code dy} or as {@code y}.
     */
    void apply(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);
  }

  /** y = tanh(x), within 2 units in the last place or 1e-7. */
  void tanh(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy (1 - y^2), with y = tanh(x). */
  void tanhGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = 1 / (1 + e^-x), within 3 units in the last place or 1e-37. */
  void sigmoid(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy y (1 - y), with y = sigmoid(x). */
  void sigmoidGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = e^x, with an x above 88 as 88, within 3 units in the last place or 1e-37. */
  void exp(float[] x, int xo, float[] y, int yo, int n);

  /** y = min(max(x, 0), ceiling): ReLU with an infinite ceiling, ReLU6 with 6. NaN stays NaN. */
  void relu(float[] x, int xo, float[] y, int yo, float ceiling, int n);

  /** dx = dy where {@code 0 < y < ceiling}, else 0, with y = relu(x). */
  void reluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float ceiling, int n);

  /** y = a + b. */
  void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** y = scale * x. */
  void scale(float scale, float[] x, int xo, float[] y, int yo, int n);

  /** y = a * b, element by element. */
  void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** y = min(max(x + 3, 0), 6) / 6. */
  void hardSigmoid(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy / 6 where {@code 0 < y < 1}, else 0, with y = hardSigmoid(x). */
  void hardSigmoidGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = x min(max(x + 3, 0), 6) / 6. */
  void hardSwish(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy times the slope of hardSwish(x): 0 up to -3, 1 from 3 on, (2 x + 3) / 6 between. */
  void hardSwishGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = x / (1 + e^-x), within 4 units in the last place or 1e-37 |x|. */
  void silu(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy s (1 + x (1 - s)), with s = 1 / (1 + e^-x). */
  void siluGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = a - b. */
  void subtract(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** y = x where {@code x > 0}, else slope * x. NaN stays NaN. */
  void leakyRelu(float[] x, int xo, float[] y, int yo, float slope, int n);

  /** dx = dy where {@code y > 0}, else slope * dy, with y = leakyRelu(x) of the same slope >= 0. */
  void leakyReluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float slope, int n);

  /** y = x where {@code x > 0}, else alpha (e^x - 1), within 3 units in the last place. */
  void elu(float[] x, int xo, float[] y, int yo, float alpha, int n);

  /** dx = dy where {@code y > 0}, else dy (y + alpha), with y = elu(x) of the same alpha >= 0. */
  void eluGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float alpha, int n);

  /** y = x F(x), where F(x) = (1 + erf(x / sqrt 2)) / 2 is the normal distribution's function. */
  void gelu(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy (F(x) + x f(x)), where f(x) = e^(-x^2 / 2) / sqrt(2 pi) is F's derivative. */
  void geluGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3): close to {@link #gelu}. */
  void geluTanh(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy (s + 2 x s (1 - s) u'), where s = (1 + tanh u) / 2 with u as in {@link #geluTanh}. */
  void geluTanhGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = x tanh(ln(1 + e^x)), which is x n / (n + 2) with n = e^x (e^x + 2). */
  void mish(float[] x, int xo, float[] y, int yo, int n);

  /**
   * dx = dy (t + 4 x e^x (1 + e^x) / (n + 2)^2), with n as in {@link #mish} and t = n / (n + 2).
   */
  void mishGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = ln(1 + e^(beta x)) / beta, but x where {@code beta x > threshold}. */
  void softplus(float[] x, int xo, float[] y, int yo, float beta, float threshold, int n);

  /** dx = dy / (1 + e^(-beta x)), but dy where {@code beta x > threshold}. */
  void softplusGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      float beta,
      float threshold,
      int n);
}
