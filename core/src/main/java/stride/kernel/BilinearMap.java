package stride.kernel;

/**
 * Bilinear interpolation of an image (inHeight, inWidth, channels): output pixel (y, x) lies
 * between the input rows {@code rows.first[y]} and {@code rows.second[y]}, and columns alike.
 */
public record BilinearMap(int inHeight, int inWidth, int channels, Axis rows, Axis columns) {
  /**
   * For each place of the output the two places of the input that it lies between, and the share of
   * the second one.
   */
  public record Axis(int[] first, int[] second, float[] share) {}

  /** Rows of the output. */
  public int outHeight() {
    return rows.share.length;
  }

  /** Columns of the output. */
  public int outWidth() {
    return columns.share.length;
  }
}
