package stride.kernel;

/**
 * Kernels over {@code n} floats, each by itself. Input and output may be the same array at the same
 * offset. Every element is the same bits wherever it stands in the range.
 */
public interface Elementwise {
  /** y = tanh(x), within 2 units in the last place or 1e-7. */
  void tanh(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy (1 - y^2), with y = tanh(x). */
  void tanhGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = 1 / (1 + e^-x), within 3 units in the last place or 1e-37. */
  void sigmoid(float[] x, int xo, float[] y, int yo, int n);

  /** dx = dy y (1 - y), with y = sigmoid(x). */
  void sigmoidGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

  /** y = min(max(x, 0), ceiling): ReLU with an infinite ceiling, ReLU6 with 6. NaN stays NaN. */
  void relu(float[] x, int xo, float[] y, int yo, float ceiling, int n);

  /** dx = dy where 0 < y < ceiling, else 0, with y = relu(x). */
  void reluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float ceiling, int n);

  /** y = a + b. */
  void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

  /** y = scale * x. */
  void scale(float scale, float[] x, int xo, float[] y, int yo, int n);

  /** y = a * b, element by element. */
  void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);
}
