package stride.kernel;

/**
 * Max and average pooling of one image (H, W, C). An array is followed by the offset of its first
 * element: {@code x, xo}.
 */
public interface Pooling {
  /**
   * Writes each window's maximum, for the output rows [fromRow, toRow). A NaN counts as the largest
   * value.
   */
  void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int fromRow, int toRow);

  /**
   * Writes each window's maximum and its place: {@code taps} receives the maximum's index in its
   * window, counted row by row, as a float. Of equal values the first counts, and a NaN counts as
   * the largest value, as in PyTorch.
   */
  void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, float[] taps, int to);

  /** dx = dy sent to each window's maximum, added up where windows overlap; overwrites dx. */
  void maxGradient(PoolGeometry g, float[] dy, int dyo, float[] taps, int to, float[] dx, int dxo);

  /** Writes each window's average, its sum divided by {@link PoolGeometry#divisor}. */
  void average(PoolGeometry g, float[] x, int xo, float[] y, int yo);

  /** dx = dy / divisor spread over each window, added up where windows overlap; overwrites dx. */
  void averageGradient(PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo);
}
