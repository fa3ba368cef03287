package stride.kernel;

/**
 * Kernels over rows of channels: {@code rows} pixels (of any number of images) of {@code channels}
 * values each, channels innermost. Sums run over the rows in order, separately for each channel.
 *
 * <p>An array is followed by the offset of its first element: {@code x, xo}.
 */
public interface Channelwise {
  /** sums[c] += the sum over the rows of x[row, c]: a bias's gradient. */
  void sum(float[] x, int xo, int rows, int channels, float[] sums, int so);

  /**
   * Returns the length in floats of the stretches in which batch norm's kernels take the rows, as
   * one long row: a multiple of {@code channels}. Their numbers per channel are repeated to fill a
   * stretch, so that vectors fit any number of channels.
   *
   * @param channels the number of channels
   * @return the period in floats
   */
  int period(int channels);

  /**
   * Each channel's mean over the rows, and the sum of the squared deviations from it: overwrites a
   * period of both, of which the first {@code channels} are the result. One pass, in which a few
   * rows at a time are added to the moments of those before (Welford 1962; Chan, Golub and LeVeque
   * 1979): deviations are taken from the mean so far, so that none cancel. The squares' relative
   * error is about 2^-24 |mean| / deviation, as large as that of the values themselves.
   */
  void moments(
      float[] x, int xo, int rows, int channels, float[] mean, int mo, float[] squares, int so);

  /**
   * y[row, :] = norm(x[row, :]), scaled and shifted, with residual and bounds; y may be x.
   *
   * @param norm its scale and shift hold a period
   * @param toResidual the offset of x's first row's residual, counted from the epilogue's own
   *     offset
   */
  void apply(
      Epilogue norm, int toResidual, float[] x, int xo, int rows, int channels, float[] y, int yo);

  /**
   * The same with the same bits, where x's rows begin {@code xStride} floats after each other. y's
   * rows have no gap between them.
   */
  default void apply(
      Epilogue norm,
      int toResidual,
      float[] x,
      int xo,
      int xStride,
      int rows,
      int channels,
      float[] y,
      int yo) {
    if (xStride == channels) {
      apply(norm, toResidual, x, xo, rows, channels, y, yo);
      return;
    }
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      apply(norm, toResidual + at, x, xo + row * xStride, 1, channels, y, yo + at);
    }
  }

  /**
   * The sums of batch norm's gradient: sums[i] += the sum of g, sums[period + i] += the sum of g *
   * (x - mean[i]), over those floats of the long row that are at i in their period. g = dy where
   * {@code norm}, the forward pass, stored a value between its bounds, else 0.
   *
   * @param norm scale, shift and bounds; a residual is ignored
   * @param mean a period
   */
  void normGradientSums(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] mean,
      float[] sums,
      int so);

  /**
   * Batch norm's input gradient: dx[row, c] = scale[c] * g[row, c] + b[c] * x[row, c] + d[c], with
   * g as in {@link #normGradientSums}. dx may be dy; b and d hold a period.
   */
  void normGradient(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] b,
      float[] d,
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
   * y[row, c] = x[row, c] where {@code x > 0}, else slopes[c] x[row, c]; the slopes hold a {@link
   * #period}. y may be x.
   */
  void prelu(float[] x, int xo, float[] slopes, int rows, int channels, float[] y, int yo);

  /** dx[row, c] = dy[row, c] where {@code x > 0}, else slopes[c] dy[row, c]. dx may be dy. */
  void preluGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] slopes,
      int rows,
      int channels,
      float[] dx,
      int dxo);

  /**
   * sums[i] += the sum of x dy where not {@code x > 0}, over those floats of the long row that are
   * at i in their {@link #period}.
   */
  void preluSums(
      float[] x, int xo, float[] dy, int dyo, int rows, int channels, float[] sums, int so);

  /**
   * Layer norm: y[row, i] = (x[row, i] - mean) / sqrt(variance + eps) weight[i] + bias[i], with the
   * mean and the biased variance of each row's {@code length} values. y may be x.
   *
   * @param moments takes each row's mean and 1 / sqrt(variance + eps), one after the other
   */
  void layerNorm(
      float[] x,
      int xo,
      int rows,
      int length,
      float eps,
      float[] weight,
      int wo,
      float[] bias,
      int bo,
      float[] moments,
      int mo,
      float[] y,
      int yo);

  /**
   * The gradient of {@link #layerNorm} with respect to x: with z = (x - mean) r and r = 1 /
   * sqrt(variance + eps), dx = r (weight dy - mean(weight dy) - z mean(weight dy z)). dx may be dy.
   */
  void layerNormGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int length,
      float[] weight,
      int wo,
      float[] moments,
      int mo,
      float[] dx,
      int dxo);

  /**
   * The rows' share in the gradients of layer norm's weights, sums[i] += dy z, and of its biases,
   * sums[length + i] += dy, with z as in {@link #layerNormGradient}; row by row.
   */
  void layerNormSums(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int length,
      float[] moments,
      int mo,
      float[] sums,
      int so);

  /**
   * Copies rows of {@code channels} values between arrays with {@code xStride} and {@code yStride}
   * floats a row.
   */
  void copy(float[] x, int xo, int xStride, float[] y, int yo, int yStride, int rows, int channels);

  /** y[row, c] = x[row, c] * s[c]; y may be x. */
  void scale(float[] x, int xo, float[] s, int so, int rows, int channels, float[] y, int yo);

  /** sums[c] = the sum over the rows of a[row, c] * b[row, c], overwritten. */
  void sumOfProducts(
      float[] a, int ao, float[] b, int bo, int rows, int channels, float[] sums, int so);

  /**
   * y[row, w, h] = x[row, h, w]: transposes each row's matrix of {@code height} by {@code width}
   * values. y may not be x.
   */
  void transpose(float[] x, int xo, int rows, int height, int width, float[] y, int yo);
}
