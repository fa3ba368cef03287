package stride.graph;

/**
 * A whole number among running statistics, which are floats: one float counts to 2^24 and then
 * stands still, so a second one counts how often the first is full.
 */
public final class Counter {
  /** How many floats a counter takes. */
  static final int FLOATS = 2;

  /** The largest count. */
  public static final long MAX = (1L << 48) - 1;

  private static final int FULL = 1 << 24;

  private Counter() {}

  /** Adds 1 to the counter that begins at {@code at}; one at {@link #MAX} stays there. */
  public static void increment(float[] statistics, int at) {
    set(statistics, at, Math.min(value(statistics, at) + 1, MAX));
  }

  /** The number that the counter at {@code at} stands at. */
  public static long value(float[] statistics, int at) {
    return (long) statistics[at + 1] * FULL + (long) statistics[at];
  }

  /**
   * Sets the counter at {@code at}.
   *
   * @param value from 0 to {@link #MAX}
   * @throws IllegalArgumentException if it is outside of that range
   */
  public static void set(float[] statistics, int at, long value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException(
          "a counter counts from 0 to %d, found %d".formatted(MAX, value));
    }
    statistics[at] = value % FULL;
    long full = value / FULL;
    statistics[at + 1] = full;
  }
}
