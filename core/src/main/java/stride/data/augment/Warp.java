package stride.data.augment;

/**
 * An affine map of positions in an image: the content at (x, y) after an augmentation was at (a x +
 * b y + c, d x + e y + f) before. Positions are in pixels from the upper left corner, x to the
 * right and y down; the pixel in the corner covers 0 to 1.
 *
 * @param a the factor of x in the source's x
 * @param b the factor of y in the source's x
 * @param c the source's x for (0, 0)
 * @param d the factor of x in the source's y
 * @param e the factor of y in the source's y
 * @param f the source's y for (0, 0)
 */
public record Warp(double a, double b, double c, double d, double e, double f) {
  /**
   * {@return the map that exchanges left and right}
   *
   * @param width the image's width in pixels
   */
  public static Warp mirror(int width) {
    return new Warp(-1, 0, width, 0, 1, 0);
  }

  /**
   * Returns the map by which a part of an image fills the whole image.
   *
   * @param left the part's left edge
   * @param top the part's upper edge
   * @param along the part's width divided by the image's
   * @param down the part's height divided by the image's
   * @return the map
   */
  public static Warp part(double left, double top, double along, double down) {
    return new Warp(along, 0, left, 0, down, top);
  }

  /** Returns the same map for an image with sides longer by the given factors. */
  Warp scaled(double alongX, double alongY) {
    return new Warp(a, b * alongX / alongY, c * alongX, d * alongY / alongX, e, f * alongY);
  }

  /**
   * {@return the x coordinate before the augmentation of the content at (x, y) after it}
   *
   * @param x in pixels
   * @param y in pixels
   */
  public double sourceX(double x, double y) {
    return a * x + b * y + c;
  }

  /**
   * {@return the y coordinate before the augmentation of the content at (x, y) after it}
   *
   * @param x in pixels
   * @param y in pixels
   */
  public double sourceY(double x, double y) {
    return d * x + e * y + f;
  }

  /**
   * Returns the map from positions before to positions after.
   *
   * @throws IllegalStateException if there is no inverse, as for a map onto a line
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
