package stride.data;

/**
 * A rectangle in an image and the class of the object in it. Places are in pixels from the image's
 * upper left corner, x to the right and y down; the pixel in the corner covers 0 to 1.
 *
 * @param label the class of the object, from 0
 * @param left the left edge, at most {@code right}
 * @param top the upper edge, at most {@code bottom}
 * @param right the right edge
 * @param bottom the lower edge
 */
public record Box(int label, float left, float top, float right, float bottom) {
  /**
   * Checks the box.
   *
   * @throws IllegalArgumentException if the class is negative, an edge is not finite, or the edges
   *     are in the wrong order
   */
  public Box {
    boolean finite = Float.isFinite(left + top + right + bottom);
    if (label < 0 || !finite || left > right || top > bottom) {
      throw new IllegalArgumentException(
          "a box needs a class of at least 0, left <= right and top <= bottom, was class %d, (%s, %s) to (%s, %s)"
              .formatted(label, left, top, right, bottom));
    }
  }

  /** {@return the area in square pixels} */
  public double area() {
    return ((double) right - left) * ((double) bottom - top);
  }
}
