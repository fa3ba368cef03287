package stride.data;

/**
 * A rectangle in an image and what is in it. Places are in pixels from the image's upper left
 * corner, x to the right and y down; the pixel in the corner covers 0 to 1.
 *
 * @param label the class of what is in it, from 0
 * @param left where it begins, at most {@code right}
 * @param top where it begins, at most {@code bottom}
 */
public record Box(int label, float left, float top, float right, float bottom) {
  public Box {
    boolean finite = Float.isFinite(left + top + right + bottom);
    if (label < 0 || !finite || left > right || top > bottom) {
      throw new IllegalArgumentException(
          "a box has a class from 0 on, left <= right and top <= bottom, found class %d, (%s, %s) to (%s, %s)"
              .formatted(label, left, top, right, bottom));
    }
  }

  /** In square pixels. */
  public double area() {
    return ((double) right - left) * ((double) bottom - top);
  }
}
