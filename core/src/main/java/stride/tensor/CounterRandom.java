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

  /** 64 random bits for four numbers, for instance (seed, epoch, sample, use). */
  public static long bits(long seed, long a, long b, long c) {
    return bits(key(seed, a, b), c);
  }

  /**
   * {@return what {@link #bits(long, long, long, long)} makes of its first three numbers; compute
   * it once where only the last one counts up}
   */
  public static long key(long seed, long a, long b) {
    return bits(bits(mix(seed ^ GOLDEN), a), b);
  }

  /** 64 random bits for a counter under a key; bits of different keys are unrelated. */
  public static long bits(long key, long counter) {
    return mix(key + (counter + 1) * GOLDEN);
  }

  /** Random bits as a number in [0, 1), a multiple of 2^-24. */
  public static float uniform(long bits) {
    return (bits >>> 40) * 0x1p-24f;
  }

  /**
   * Random bits as an integer in [0, bound), by the high word of a product: no value's probability
   * is off by more than bound / 2^32 of it.
   *
   * @param bound at least 1
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
