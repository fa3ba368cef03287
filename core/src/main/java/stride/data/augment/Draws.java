package stride.data.augment;

import stride.tensor.CounterRandom;

/**
 * Random numbers of the distributions that augmentations draw from, each a function of a key. They
 * go by {@link StrictMath}, whose bits are the same before and after compilation.
 */
public final class Draws {
  private Draws() {}

  /** Uniform in [low, high). */
  static double uniform(long bits, double low, double high) {
    return low + (high - low) * ((bits >>> 11) * 0x1p-53);
  }

  /** Whether something of this probability happens. */
  static boolean happens(long bits, double probability) {
    return uniform(bits, 0, 1) < probability;
  }

  static double checkProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability is between 0 and 1, found " + probability);
    }
    return probability;
  }

  static void checkAlpha(double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha is above 0, found " + alpha);
    }
  }

  /** Beta(alpha, alpha), of two gamma variates. */
  public static double beta(long key, double alpha) {
    double x = logGamma(CounterRandom.bits(key, 0), alpha);
    double y = logGamma(CounterRandom.bits(key, 1), alpha);
    // x / (x + y) of their exponentials, both of which may be too small for a double.
    return 1 / (1 + StrictMath.exp(y - x));
  }

  /**
   * The logarithm of a Gamma(shape, 1) variate (Marsaglia and Tsang 2000, "A Simple Method for
   * Generating Gamma Variables").
   */
  private static double logGamma(long key, double shape) {
    double boosted = shape < 1 ? shape + 1 : shape;
    double d = boosted - 1 / 3.0;
    double c = 1 / Math.sqrt(9 * d);
    for (int i = 1; ; i += 3) {
      double x = normal(CounterRandom.bits(key, i), CounterRandom.bits(key, i + 1));
      double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
      double u = aboveZero(CounterRandom.bits(key, i + 2));
      if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        double log = StrictMath.log(d * v);
        return shape < 1
            ? log + StrictMath.log(aboveZero(CounterRandom.bits(key, 0))) / shape
            : log;
      }
    }
  }

  /** Box and Muller 1958. */
  private static double normal(long a, long b) {
    return Math.sqrt(-2 * StrictMath.log(aboveZero(a)))
        * StrictMath.cos(2 * Math.PI * uniform(b, 0, 1));
  }

  private static double aboveZero(long bits) {
    return ((bits >>> 11) + 1) * 0x1p-53;
  }
}
