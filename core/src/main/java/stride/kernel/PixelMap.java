package stride.kernel;

/**
 * Where the pixels of an output image come from: output pixel (y, x) is input pixel (rows[y],
 * columns[x]) of an image (inHeight, inWidth, channels), or zero where one of these is -1.
 */
public record PixelMap(int inHeight, int inWidth, int channels, int[] rows, int[] columns) {
  /** Rows of the output. */
  public int outHeight() {
    return rows.length;
  }

  /** Columns of the output. */
  public int outWidth() {
    return columns.length;
  }

  /** How many of the columns from {@code x} on are neighbours in the input too, at least 1. */
  int run(int x) {
    int end = x + 1;
    while (end < columns.length
        && (columns[x] < 0 ? columns[end] < 0 : columns[end] == columns[end - 1] + 1)) {
      end++;
    }
    return end - x;
  }
}
