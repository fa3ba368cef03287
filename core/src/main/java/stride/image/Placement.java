package stride.image;

/**
 * Where a picture lies in the image that it was fitted to: the place (x, y) of the picture is at
 * ({@code left + along * x}, {@code top + down * y}) of the image. Places are in pixels from the
 * upper left corner; the pixel in the corner covers 0 to 1.
 *
 * @param left where the picture's left edge is in the image; negative if it is cut off
 * @param top where the picture's upper edge is in the image; negative if it is cut off
 * @param along the image's pixels for one of the picture's, along x; above 0
 * @param down the same along y
 */
public record Placement(double left, double top, double along, double down) {
  /**
   * {@return a place of the picture in the image, in pixels from the left}
   *
   * @param x in pixels of the picture
   */
  public double x(double x) {
    return left + along * x;
  }

  /**
   * {@return a place of the picture in the image, in pixels from the top}
   *
   * @param y in pixels of the picture
   */
  public double y(double y) {
    return top + down * y;
  }

  /**
   * {@return a place of the image in the picture, in pixels from the left}
   *
   * @param x in pixels of the image
   */
  public double pictureX(double x) {
    return (x - left) / along;
  }

  /**
   * {@return a place of the image in the picture, in pixels from the top}
   *
   * @param y in pixels of the image
   */
  public double pictureY(double y) {
    return (y - top) / down;
  }
}
