package stride.data.augment;

/**
 * An affine map of places in an image: what an augmentation shows at (x, y) was at (a x + b y + c,
 * d x + e y + f) before. In pixels from the upper left corner, x to the right and y down; the pixel
 * in the corner covers 0 to 1.
 */
public record Warp(double a, double b, double c, double d, double e, double f) {
  /** Left and right change sides in an image of a width. */
  public static Warp mirror(int width) {
    return new Warp(-1, 0, width, 0, 1, 0);
  }

  /**
   * A part of an image fills the whole.
   *
   * @param left the part's left edge
   * @param top the part's upper edge
   * @param along how many times as wide the image is as the part, inverted: part / image
   * @param down the same of the heights
   */
  public static Warp part(double left, double top, double along, double down) {
    return new Warp(along, 0, left, 0, down, top);
  }

  /** The map that is the same in an image whose sides are a number of times as long. */
  Warp scaled(double alongX, double alongY) {
    return new Warp(a, b * alongX / alongY, c * alongX, d * alongY / alongX, e, f * alongY);
  }

  /** Where what is seen at (x, y) was before: x. */
  public double sourceX(double x, double y) {
    return a * x + b * y + c;
  }

  /** Where what is seen at (x, y) was before: y. */
  public double sourceY(double x, double y) {
    return d * x + e * y + f;
  }

  /**
   * The map from before to after.
   *
   * @throws IllegalStateException if the map has none, as one onto a line
   */
  Warp inverse() {
    double determinant = a * e - b * d;
    if (determinant == 0) {
      throw new IllegalStateException(this + " has no inverse");
    }
    double ia = e / determinant;
    double ib = -b / determinant;
    double id = -d / determinant;
    double ie = a / determinant;
    return new Warp(ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f));
  }
}
