package stride.data;

import java.util.Optional;

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
    boolean finite =
        Float.isFinite(left)
            && Float.isFinite(top)
            && Float.isFinite(right)
            && Float.isFinite(bottom);
    if (label < 0 || !finite || left > right || top > bottom) {
      throw new IllegalArgumentException(
          "a box needs a class of at least 0 and finite edges, left <= right and top <= bottom, was class %d, (%s, %s) to (%s, %s)"
              .formatted(label, left, top, right, bottom));
    }
  }

  /**
   * {@return what of this lies in its picture; empty for nothing}
   *
   * @param height the picture's, in pixels
   * @param width the picture's, in pixels
   */
  public Optional<Box> within(int height, int width) {
    float x1 = Math.max(left, 0);
    float y1 = Math.max(top, 0);
    float x2 = Math.min(right, width);
    float y2 = Math.min(bottom, height);
    return x1 < x2 && y1 < y2 ? Optional.of(new Box(label, x1, y1, x2, y2)) : Optional.empty();
  }

  /** {@return the area in square pixels} */
  public double area() {
    return ((double) right - left) * ((double) bottom - top);
  }
}
