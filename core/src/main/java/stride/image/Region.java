package stride.image;

/**
 * A rectangle of an image.
 *
 * @param top the first row
 * @param left the first column
 * @param height how many rows, at least 1
 * @param width how many columns, at least 1
 */
public record Region(int top, int left, int height, int width) {
  public Region {
    if (top < 0 || left < 0 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a region is at least 1x1 pixels within its image, found %dx%d at row %d and column %d"
              .formatted(height, width, top, left));
    }
  }

  /** Which region of a picture is wanted, by the picture's size. */
  @FunctionalInterface
  public interface Choice {
    Region of(int height, int width);
  }
}
