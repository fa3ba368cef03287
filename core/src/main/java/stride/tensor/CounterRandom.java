package stride.tensor;

/**
 * Random bits as a pure function of where they are used: the same (seed, epoch, sample, node) gives
 * the same bits in any order, on any thread.
 *
 * <p>Each number, times an odd constant, is added to the key so far and finalised with David
 * Stafford's mix 13, as SplitMix64 does (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom
 * Number Generators"): neighbouring counters give unrelated bits.
 */
public final class CounterRandom {
  /** 2^64 divided by the golden ratio: successive multiples are spread evenly. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private CounterRandom() {}

  /**
   * Returns 64 random bits for four numbers, for instance (seed, epoch, sample, use).
   *
   * @param seed any number
   * @param a any number, as are the others
   * @param b the third number
   * @param c the fourth number
   * @return bits that depend on all four
   */
  public static long bits(long seed, long a, long b, long c) {
    return bits(key(seed, a, b), c);
  }

  /**
   * Returns the key that {@link #bits(long, long, long, long)} makes of its first three numbers.
   * Where only the fourth number varies, compute the key once and call {@link #bits(long, long)}.
   *
   * @param seed any number
   * @param a the second number
   * @param b the third number
   * @return a key for {@link #bits(long, long)}
   */
  public static long key(long seed, long a, long b) {
    return bits(bits(mix(seed ^ GOLDEN), a), b);
  }

  /**
   * Returns 64 random bits for a counter under a key; bits of different keys are unrelated.
   *
   * @param key from {@link #key}
   * @param counter any number
   * @return bits that depend on both
   */
  public static long bits(long key, long counter) {
    return mix(key + (counter + 1) * GOLDEN);
  }

  /**
   * Returns random bits as a number in [0, 1), a multiple of 2^-24.
   *
   * @param bits from {@link #bits(long, long)}; the upper 24 are used
   * @return a uniformly distributed number
   */
  public static float uniform(long bits) {
    return (bits >>> 40) * 0x1p-24f;
  }

  /**
   * Returns random bits as an integer in [0, bound), by the high word of a product: a value's
   * probability deviates by at most bound / 2^32 of it.
   *
   * @param bits from {@link #bits(long, long)}; the upper 32 are used
   * @param bound at least 1
   * @return an integer in [0, bound)
   */
  public static int below(long bits, int bound) {
    return (int) (((bits >>> 32) * bound) >>> 32);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
