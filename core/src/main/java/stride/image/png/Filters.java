package stride.image.png;

import stride.format.FormatException;

/** Undoes the filters of rows: each byte was stored as its difference from a prediction. */
final class Filters {
  private Filters() {}

  /**
   * Undoes the filter of a row, in place.
   *
   * @param row its filter, then its bytes
   * @param above the row above, without its filter; zeros above the first
   * @param length of the row with its filter
   * @param step the bytes from a byte of the pixel to the left to that of the pixel
   * @throws FormatException if there is no such filter
   */
  static void undo(byte[] row, byte[] above, int length, int step) throws FormatException {
    switch (row[0]) {
      case 0 -> {}
      case 1 -> left(row, length, step);
      case 2 -> above(row, above, length);
      case 3 -> average(row, above, length, step);
      case 4 -> paeth(row, above, length, step);
      default ->
          throw new FormatException(
              "the picture is damaged: a row has the filter %d, expected 0 to 4"
                  .formatted(row[0] & 0xFF));
    }
  }

  private static void left(byte[] row, int length, int step) {
    for (int i = 1 + step; i < length; i++) {
      row[i] += row[i - step];
    }
  }

  private static void above(byte[] row, byte[] above, int length) {
    for (int i = 1; i < length; i++) {
      row[i] += above[i];
    }
  }

  private static void average(byte[] row, byte[] above, int length, int step) {
    int first = Math.min(1 + step, length);
    for (int i = 1; i < first; i++) {
      row[i] += (byte) ((above[i] & 0xFF) / 2);
    }
    for (int i = first; i < length; i++) {
      row[i] += (byte) (((row[i - step] & 0xFF) + (above[i] & 0xFF)) / 2);
    }
  }

  private static void paeth(byte[] row, byte[] above, int length, int step) {
    int first = Math.min(1 + step, length);
    for (int i = 1; i < first; i++) {
      row[i] += above[i];
    }
    for (int i = first; i < length; i++) {
      int left = row[i - step] & 0xFF;
      int top = above[i] & 0xFF;
      int corner = above[i - step] & 0xFF;
      int fromLeft = Math.abs(top - corner);
      int fromTop = Math.abs(left - corner);
      int fromCorner = Math.abs(left + top - 2 * corner);
      row[i] +=
          (byte)
              (fromLeft <= fromTop && fromLeft <= fromCorner
                  ? left
                  : fromTop <= fromCorner ? top : corner);
    }
  }
}
