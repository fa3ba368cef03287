package stride.graph;

/**
 * Numbers that an operation keeps from batch to batch without learning them by gradient: batch
 * norm's running mean.
 *
 * @param name its name in the state dict below the operation's own: "running_mean"
 * @param length how many numbers, at least 1
 * @param initial the first value of each
 * @param counter whether it is one whole number, which files hold as a 64-bit integer without a
 *     shape: "num_batches_tracked"
 */
public record Statistic(String name, int length, float initial, boolean counter) {
  /** The largest count. */
  public static final long MOST = (1L << 48) - 1;

  /** Whole numbers that a float tells apart. */
  private static final int FLOAT = 1 << 24;

  public Statistic {
    if (length < 1 || (counter && length != 1)) {
      throw new IllegalArgumentException(
          "the statistic %s has at least 1 number, as a counter just 1, found %d"
              .formatted(name, length));
    }
  }

  /** The floats that it takes: a counter two, of which the second counts what the first holds. */
  int floats() {
    return counter ? 2 : length;
  }

  /** The count of the counter that begins at {@code statistics[at]}. */
  public static long count(float[] statistics, int at) {
    return (long) statistics[at] + (long) statistics[at + 1] * FLOAT;
  }

  /** Adds 1 to the counter that begins at {@code statistics[at]}, unless it is at its end. */
  public static void countUp(float[] statistics, int at) {
    setCount(statistics, at, Math.min(count(statistics, at) + 1, MOST));
  }

  /**
   * Sets the counter that begins at {@code statistics[at]}.
   *
   * @throws IllegalArgumentException if the count is not from 0 to {@link #MOST}
   */
  public static void setCount(float[] statistics, int at, long count) {
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException(
          "a counter counts from 0 to %d, found %d".formatted(MOST, count));
    }
    long whole = count / FLOAT;
    statistics[at] = count % FLOAT;
    statistics[at + 1] = whole;
  }
}
