package stride.kernel;

/** Max and average pooling of one image (H, W, C). */
public interface Pooling {
  /** Each window's maximum, for the output rows [fromRow, toRow). A NaN wins over all. */
  void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int fromRow, int toRow);

  /**
   * Each window's maximum, and where it stood: {@code taps} receives the maximum's place in its
   * window, counted row by row, as floats. The first wins a tie, and a NaN wins over all, as in
   * PyTorch.
   */
  void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, float[] taps, int to);

  /** dx = dy sent to each window's maximum, added up where windows overlap; overwrites dx. */
  void maxGradient(PoolGeometry g, float[] dy, int dyo, float[] taps, int to, float[] dx, int dxo);

  /** Each window's average, by {@link PoolGeometry#divisor}. */
  void average(PoolGeometry g, float[] x, int xo, float[] y, int yo);

  /** dx = dy / divisor spread over each window, added up where windows overlap; overwrites dx. */
  void averageGradient(PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo);
}
