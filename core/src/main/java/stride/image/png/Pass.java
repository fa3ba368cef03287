package stride.image.png;

import java.util.List;

/**
 * Which pixels of a picture come one after the other: every so many columns and rows from a first
 * one on.
 *
 * @param left the first column
 * @param top the first row
 * @param right from a column to the next
 * @param down from a row to the next
 */
record Pass(int left, int top, int right, int down) {
  /** All of them. */
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

  /** Returns how many pixels a row of the pass has, of a picture so wide. */
  int columns(int width) {
    return Math.ceilDiv(width - left, right);
  }
}
