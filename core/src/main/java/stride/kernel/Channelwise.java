package stride.kernel;

/**
 * Kernels over rows of channels: {@code rows} pixels (of any number of images) of {@code channels}
 * values each, channels innermost. Sums run over the rows in order, each channel by itself.
 */
public interface Channelwise {
  /** sums[c] += the sum over the rows of x[row, c]: a bias's gradient. */
  void sum(float[] x, int xo, int rows, int channels, float[] sums, int so);

  /** sums[c] += the sum over the rows of (x[row, c] - mean[c])^2. */
  void squaredDeviations(
      float[] x, int xo, int rows, int channels, float[] mean, int mo, float[] sums, int so);

  /**
   * y[row, :] = epilogue(x[row, :]); y may be x.
   *
   * @param toResidual where x's first row's residual is from the epilogue's offset on
   */
  void apply(
      Epilogue epilogue,
      int toResidual,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] y,
      int yo);

  /**
   * sums[c] += the sum over the rows of dy[row, c] * (x[row, c] - mean[c]): the core of batch
   * norm's gradient.
   */
  void dotDeviations(
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] mean,
      int mo,
      float[] sums,
      int so);

  /** dx[row, c] = a[c] * dy[row, c] + b[c] * x[row, c] + d[c]: batch norm's input gradient. */
  void blend(
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] d,
      int dof,
      float[] dx,
      int dxo);

  /**
   * y[row, :] = softmax(x[row, :]) = e^x / sum of e^x, shifted by the row's maximum so that nothing
   * overflows.
   */
  void softmax(float[] x, int xo, int rows, int channels, float[] y, int yo);

  /** dx[row, :] = y (dy - sum of dy y), with y = softmax(x). */
  void softmaxGradient(
      float[] y, int yo, float[] dy, int dyo, int rows, int channels, float[] dx, int dxo);

  /**
   * Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3, as PyTorch
   * computes it): y = x (k + alpha / size * sum of x^2 over the {@code size} channels around, from
   * {@code size / 2} below on)^-beta. y may not be x.
   */
  void localResponse(
      float[] x,
      int xo,
      int rows,
      int channels,
      int size,
      float alpha,
      float beta,
      float k,
      float[] y,
      int yo);

  /**
   * The gradient of {@link #localResponse} with respect to x; overwrites dx, which may not be x or
   * dy.
   */
  void localResponseGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int channels,
      int size,
      float alpha,
      float beta,
      float k,
      float[] dx,
      int dxo);

  /**
   * Copies rows of {@code channels} values between arrays with {@code xStride} and {@code yStride}
   * floats a row.
   */
  void copy(float[] x, int xo, int xStride, float[] y, int yo, int yStride, int rows, int channels);
}
