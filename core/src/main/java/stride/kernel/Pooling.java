package stride.kernel;

/** Max and average pooling of one image (H, W, C). */
public interface Pooling {
  /**
   * Each window's maximum, and where it stood: {@code argmax} receives the maximum's index among
   * the image's H * W * C values. The first in row-major order wins a tie, and a NaN wins over all,
   * as in PyTorch.
   */
  void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int[] argmax, int ao);

  /** dx = dy sent to each window's maximum, added up where windows overlap; overwrites dx. */
  void maxGradient(PoolGeometry g, float[] dy, int dyo, int[] argmax, int ao, float[] dx, int dxo);

  /** Each window's average, by {@link PoolGeometry#divisor}. */
  void average(PoolGeometry g, float[] x, int xo, float[] y, int yo);

  /** dx = dy / divisor spread over each window, added up where windows overlap; overwrites dx. */
  void averageGradient(PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo);
}
