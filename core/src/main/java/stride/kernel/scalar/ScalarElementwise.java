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

  private static void copy(float[] x, int xo, float[] y, int yo, int n) {
    if (x != y || xo != yo) {
      System.arraycopy(x, xo, y, yo, n);
    }
  }
}
