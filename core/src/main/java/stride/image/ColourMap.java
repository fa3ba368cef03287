package stride.image;

/**
 * Maps of numbers from 0 to 1 to colours, in perceptually uniform steps: matplotlib's maps (van der
 * Walt and Smith 2015), as polynomials of degree 6 that Matt Zucker fitted and put in the public
 * domain.
 */
public enum ColourMap {
  /** From dark blue to yellow. */
  VIRIDIS(
      new double[] {0.27773, 0.10509, -0.33086, -4.63423, 6.22827, 4.77638, -5.43546},
      new double[] {0.00541, 1.40461, 0.21485, -5.79910, 14.17993, -13.74515, 4.64585},
      new double[] {0.33410, 1.38459, 0.09510, -19.33244, 56.69055, -65.35303, 26.31244}),
  /** From black over red to light yellow. */
  INFERNO(
      new double[] {0.00022, 0.10651, 11.60249, -41.70400, 77.16294, -71.31943, 25.13113},
      new double[] {0.00165, 0.56396, -3.97285, 17.43640, -33.40236, 32.62606, -12.24267},
      new double[] {-0.01948, 3.93271, -15.94239, 44.35415, -81.80731, 73.20952, -23.07033});

  private final double[] red;
  private final double[] green;
  private final double[] blue;

  ColourMap(double[] red, double[] green, double[] blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /**
   * {@return the colour of a number as 0xRRGGBB}
   *
   * @param value from 0 to 1; values outside are clamped
   */
  public int rgb(double value) {
    double x = Math.clamp(value, 0, 1);
    return byteOf(red, x) << 16 | byteOf(green, x) << 8 | byteOf(blue, x);
  }

  private static int byteOf(double[] factors, double x) {
    double y = 0;
    for (int i = factors.length - 1; i >= 0; i--) {
      y = y * x + factors[i];
    }
    return (int) Math.round(255 * Math.clamp(y, 0, 1));
  }
}
