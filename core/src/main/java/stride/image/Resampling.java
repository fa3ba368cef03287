package stride.image;

/**
 * Filters that weight the pixels of an image for a pixel of the resized image: PIL's filters of the
 * same names.
 */
public enum Resampling {
  /** Takes only the pixel under the centre: no antialiasing. */
  NEAREST(0) {
    @Override
    double weight(double x) {
      throw new UnsupportedOperationException("the nearest pixel is copied, not weighted");
    }
  },
  /** Takes the mean of the pixels under it. */
  BOX(0.5) {
    @Override
    double weight(double x) {
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    }
  },
  /** A triangle; torchvision's default. */
  BILINEAR(1) {
    @Override
    double weight(double x) {
      double d = Math.abs(x);
      return d < 1 ? 1 - d : 0;
    }
  },
  /** A sinc under a Hamming window of one lobe. */
  HAMMING(1) {
    @Override
    double weight(double x) {
      double d = Math.abs(x);
      if (d == 0) {
        return 1;
      }
      // Pillow's constants are floats.
      return d < 1 ? sinc(d) * (0.54f + 0.46f * StrictMath.cos(d * Math.PI)) : 0;
    }
  },
  /** Keys' cubic with a = -0.5. */
  BICUBIC(2) {
    @Override
    double weight(double x) {
      double d = Math.abs(x);
      if (d < 1) {
        return ((A + 2) * d - (A + 3)) * d * d + 1;
      }
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * A : 0;
    }
  },
  /** A sinc under a sinc of three lobes. */
  LANCZOS(3) {
    @Override
    double weight(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  Resampling(double support) {
    this.support = support;
  }

  /** Returns the filter's reach from its centre, in pixels of the smaller image. */
  double support() {
    return support;
  }

  /** Returns the weight at a distance from the centre, not yet divided by the sum of all. */
  abstract double weight(double x);

  private static double sinc(double x) {
    return x == 0 ? 1 : StrictMath.sin(x * Math.PI) / (x * Math.PI);
  }
}
