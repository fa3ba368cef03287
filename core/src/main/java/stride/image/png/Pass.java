package stride.image.png;

import java.util.List;

/**
 * The pixels of a picture that are stored together: columns and rows at equal distances from a
 * first one on.
 *
 * @param left the first column
 * @param top the first row
 * @param right the distance from a column to the next
 * @param down the distance from a row to the next
 */
record Pass(int left, int top, int right, int down) {
  /** All pixels. */
  static final List<Pass> WHOLE = List.of(new Pass(0, 0, 1, 1));

  /** Adam M. Costello's seven passes. */
  static final List<Pass> INTERLACED =
      List.of(
          new Pass(0, 0, 8, 8),
          new Pass(4, 0, 8, 8),
          new Pass(0, 4, 4, 8),
          new Pass(2, 0, 4, 4),
          new Pass(0, 2, 2, 4),
          new Pass(1, 0, 2, 2),
          new Pass(0, 1, 1, 2));

  /** Returns the number of pixels of a row of the pass for a picture of {@code width} pixels. */
  int columns(int width) {
    return Math.ceilDiv(width - left, right);
  }
}
