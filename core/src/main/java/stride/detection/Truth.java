package stride.detection;

/**
 * An object that is in a picture, as a measure of detections needs to know it.
 *
 * @param label the class of the object, from 0
 * @param left the left edge in pixels of the picture
 * @param top the upper edge
 * @param right the right edge
 * @param bottom the lower edge
 * @param area of the object in square pixels, which is less than the box's if it is that of an
 *     outline
 * @param crowd whether these are many objects, which are not marked one by one: any number may be
 *     found here, and none has to be
 * @param ignored whether it counts neither as found nor as missed
 */
public record Truth(
    int label,
    float left,
    float top,
    float right,
    float bottom,
    double area,
    boolean crowd,
    boolean ignored) {
  /** {@return whether it has to be found} */
  public boolean counts() {
    return !crowd && !ignored;
  }

  /**
   * Returns the overlap of a detection with this object: the intersection over the union or, if it
   * is a crowd, over the detection alone.
   *
   * @param found the detection
   * @return from 0 to 1
   */
  public double overlap(Detection found) {
    double width = Math.min((double) right, found.right()) - Math.max((double) left, found.left());
    double height = Math.min((double) bottom, found.bottom()) - Math.max((double) top, found.top());
    if (width <= 0 || height <= 0) {
      return 0;
    }
    double common = width * height;
    double own = ((double) right - left) * ((double) bottom - top);
    return common / (crowd ? found.area() : found.area() + own - common);
  }
}
