package stride.graph;

/**
 * A whole number among running statistics, which are floats: one float counts to 2^24 and then
 * stands still, so a second one counts how often the first is full.
 */
public final class Counter {
  /** How many floats a counter takes. */
  static final int FLOATS = 2;

  private static final int FULL = 1 << 24;

  private Counter() {}

  /** Adds 1 to the counter that begins at {@code at}. */
  public static void increment(float[] statistics, int at) {
    statistics[at]++;
    if (statistics[at] >= FULL) {
      statistics[at] -= FULL;
      statistics[at + 1]++;
    }
  }

  /** The number that the counter at {@code at} stands at. */
  public static long value(float[] statistics, int at) {
    return (long) statistics[at + 1] * FULL + (long) statistics[at];
  }

  /**
   * Sets the counter at {@code at}.
   *
   * @param value from 0 to 2^48 - 1; what is outside becomes the nearest of these
   */
  public static void set(float[] statistics, int at, long value) {
    long within = Math.clamp(value, 0L, (1L << 48) - 1);
    statistics[at] = within % FULL;
    long full = within / FULL;
    statistics[at + 1] = full;
  }
}
