package stride.data.augment;

import stride.data.Box;

/**
 * The part of a picture that becomes an image. It may reach beyond the picture; what is there has
 * the mean colour. Places are in pixels of the picture, from its upper left corner.
 *
 * @param left the part's left edge
 * @param top the part's upper edge
 * @param width the part's width, above 0
 * @param height the part's height, above 0
 */
public record View(double left, double top, double width, double height) {
  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if a side is not above 0, or a number is not finite
   */
  public View {
    if (!(width > 0 && height > 0) || !Double.isFinite(left + top + width + height)) {
      throw new IllegalArgumentException(
          "a part of a picture has a width and a height above 0, was %s by %s at (%s, %s)"
              .formatted(width, height, left, top));
    }
  }

  /**
   * {@return all of a picture}
   *
   * @param height the picture's rows
   * @param width the picture's columns
   */
  public static View all(int height, int width) {
    return new View(0, 0, width, height);
  }

  /**
   * {@return whether the middle of a box lies in this part} Boxes are kept by this rule, and cut
   * off at the part's edges; others are dropped.
   *
   * @param box in pixels of the picture
   */
  public boolean keeps(Box box) {
    double x = ((double) box.left() + box.right()) / 2;
    double y = ((double) box.top() + box.bottom()) / 2;
    return x > left && x < left + width && y > top && y < top + height;
  }
}
