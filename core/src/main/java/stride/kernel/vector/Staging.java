package stride.kernel.vector;

/**
 * Copies the source of a block of output pixels into the form that {@link Tiles} read: for every
 * tap, rows of 16 source channels, one row a pixel and no gap between the pixels, so that a tile
 * runs on over the ends of image rows. Padding, stride and dilation are dealt with here.
 */
public sealed interface Staging permits ColumnStaging, PatchStaging {
  /** Source channels, or values of a patch, that are staged side by side. */
  int BLOCK = 16;

  /**
   * Returns the staging of a sweep for blocks of {@code rows} x {@code columns} output pixels.
   *
   * @param usualRows by which the order of the staged values is chosen, and so the order of sums
   *     over them: it must not depend on the number of threads
   */
  static Staging of(Sweep sweep, int rows, int columns, int usualRows) {
    int patch = sweep.taps().size() * sweep.depth();
    int alone = sweep.taps().size() * Lanes.roundUp(sweep.depth(), BLOCK);
    return alone > 1.25 * Lanes.roundUp(patch, BLOCK)
        ? new PatchStaging(sweep, rows, columns, usualRows)
        : new ColumnStaging(sweep, rows, columns);
  }

  /** Returns the number of blocks of 16 that can be staged separately. */
  int blocks();

  /**
   * Returns the first of the {@link #offsets} of a block: each has one or several rows of 16 values
   * for a pixel.
   */
  int firstOffset(int block);

  /**
   * Returns the index in the staged form at which each row of 16 of pixel 0 begins, block by block.
   */
  int[] offsets();

  /**
   * Returns the place of each staged value's weight: {@code tap * depth + channel}, or -1 for
   * values that only fill up a row of 16.
   */
  int[] places();

  /** Returns the floats from a block to the next one in the staged form. */
  int blockStep();

  /**
   * Returns the floats of the staged form, with room for the floats that moves and tiles touch
   * beyond it.
   */
  int length();

  /**
   * Stages the blocks [fromBlock, toBlock), the first one at {@code a[ao]}, for the output pixels
   * [row, row + rows) x [column, column + columns) of one image.
   *
   * @param xo where the first channel of the image's group is
   * @param sourceWidth columns of the source image, in case it is one long row
   */
  void stage(
      float[] x,
      int xo,
      int sourceWidth,
      int row,
      int column,
      int rows,
      int fromBlock,
      int toBlock,
      float[] a,
      int ao);
}
