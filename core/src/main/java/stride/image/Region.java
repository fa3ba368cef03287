package stride.image;

/**
 * A rectangle of an image.
 *
 * @param top the first row, from 0 on
 * @param left the first column, from 0 on
 * @param height the number of rows, at least 1
 * @param width the number of columns, at least 1
 */
public record Region(int top, int left, int height, int width) {
  /**
   * Makes a region.
   *
   * @throws IllegalArgumentException if top or left is negative, or height or width below 1
   */
  public Region {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a region must have at least 1x1 pixels within its image, found %dx%d at row %d and column %d"
              .formatted(height, width, top, left));
    }
  }

  /** Chooses a region of a picture by the picture's size. */
  @FunctionalInterface
  public interface Choice {
    /**
     * {@return the region of a picture of this size}
     *
     * @param height the picture's rows
     * @param width the picture's columns
     */
    Region of(int height, int width);
  }
}
