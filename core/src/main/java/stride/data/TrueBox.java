package stride.data;

/**
 * An object that is marked in a picture, with what a measure of detections needs to know of it.
 *
 * @param box the object's class and where it is, in pixels of the picture
 * @param area of the object in square pixels: that of its outline where the data know it, else of
 *     its box
 * @param crowd whether it is a crowd of objects of its class, which are not marked one by one: what
 *     is found in it is no mistake, and nothing is learned from it (COCO's {@code iscrowd})
 * @param ignored whether it counts neither as found nor as missed, and nothing is learned from it:
 *     VOC's {@code difficult}
 */
public record TrueBox(Box box, double area, boolean crowd, boolean ignored) {
  /**
   * Checks the area.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public TrueBox {
    if (!(area >= 0 && area < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the area of an object is at least 0, was " + area);
    }
  }

  /**
   * {@return an object like any other}
   *
   * @param box its class and where it is
   */
  public static TrueBox of(Box box) {
    return new TrueBox(box, box.area(), false, false);
  }

  /** {@return whether a network learns to find this object} */
  public boolean isLearned() {
    return !crowd && !ignored;
  }
}
