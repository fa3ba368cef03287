package stride.detection;

import stride.data.TrueBox;

/**
 * An object that a detector found in a picture. Places are in pixels of the picture from its upper
 * left corner, x to the right and y down; the pixel in the corner covers 0 to 1.
 *
 * @param label the class of the object, from 0
 * @param score how sure the detector is, usually in [0, 1]
 * @param left the left edge, at most {@code right}
 * @param top the upper edge, at most {@code bottom}
 * @param right the right edge
 * @param bottom the lower edge
 */
public record Detection(int label, float score, float left, float top, float right, float bottom) {
  /**
   * Checks the detection.
   *
   * @throws IllegalArgumentException if the class is negative, the score or an edge is not finite,
   *     or the edges are in the wrong order
   */
  public Detection {
    boolean finite = Float.isFinite(score) && Float.isFinite(left + top + right + bottom);
    if (label < 0 || !finite || left > right || top > bottom) {
      throw new IllegalArgumentException(
          "a detection needs a class of at least 0, a score, left <= right and top <= bottom, was class %d, score %s, (%s, %s) to (%s, %s)"
              .formatted(label, score, left, top, right, bottom));
    }
  }

  /**
   * {@return this, cut off at the edges of its picture: without an area if it lies outside}
   *
   * @param height the picture's, in pixels
   * @param width the picture's, in pixels
   */
  public Detection within(int height, int width) {
    return new Detection(
        label,
        score,
        Math.clamp(left, 0f, width),
        Math.clamp(top, 0f, height),
        Math.clamp(right, 0f, width),
        Math.clamp(bottom, 0f, height));
  }

  /**
   * Returns how far this and an object are the same place: the intersection over the union or, if
   * the object is a crowd, over this alone.
   *
   * @param object what is in the picture
   * @return from 0 to 1
   */
  public double overlap(TrueBox object) {
    var box = object.box();
    double width = Math.min((double) box.right(), right) - Math.max((double) box.left(), left);
    double height = Math.min((double) box.bottom(), bottom) - Math.max((double) box.top(), top);
    if (width <= 0 || height <= 0) {
      return 0;
    }
    double common = width * height;
    double own = ((double) box.right() - box.left()) * ((double) box.bottom() - box.top());
    return common / (object.crowd() ? area() : area() + own - common);
  }

  /** {@return the area in square pixels} */
  public double area() {
    return ((double) right - left) * ((double) bottom - top);
  }
}
