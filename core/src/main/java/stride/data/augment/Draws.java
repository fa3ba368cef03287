package stride.data.augment;

import stride.tensor.CounterRandom;

/**
 * Random numbers of the distributions that augmentations draw from, each a function of a key. They
 * use {@link StrictMath}, whose results are the same bits before and after compilation.
 */
public final class Draws {
  private Draws() {}

  /** Returns a number that is uniform in [low, high). */
  static double uniform(long bits, double low, double high) {
    return low + (high - low) * ((bits >>> 11) * 0x1p-53);
  }

  /** Returns true with the given probability. */
  static boolean happens(long bits, double probability) {
    return uniform(bits, 0, 1) < probability;
  }

  static double checkProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability must be in [0, 1], was " + probability);
    }
    return probability;
  }

  static void checkAlpha(double alpha) {
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("alpha must be above 0, was " + alpha);
    }
  }

  /**
   * Returns a Beta(alpha, alpha) variate, made of two gamma variates.
   *
   * @param key the source of randomness
   * @param alpha above 0
   * @return a number in [0, 1]
   */
  public static double beta(long key, double alpha) {
    double x = logGamma(CounterRandom.bits(key, 0), alpha);
    double y = logGamma(CounterRandom.bits(key, 1), alpha);
    // x / (x + y) of their exponentials, both of which may be too small for a double.
    return 1 / (1 + StrictMath.exp(y - x));
  }

  /**
   * Returns the logarithm of a Gamma(shape, 1) variate (Marsaglia and Tsang 2000, "A Simple Method
   * for Generating Gamma Variables").
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

  /** Returns a standard normal variate (Box and Muller 1958). */
  private static double normal(long a, long b) {
    return Math.sqrt(-2 * StrictMath.log(aboveZero(a)))
        * StrictMath.cos(2 * Math.PI * uniform(b, 0, 1));
  }

  private static double aboveZero(long bits) {
    return ((bits >>> 11) + 1) * 0x1p-53;
  }
}
