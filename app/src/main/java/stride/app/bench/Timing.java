package stride.app.bench;

import java.util.Arrays;

/**
 * How long steps took, in seconds, and what they allocated.
 *
 * @param steps how many were timed
 * @param median half of them took longer
 * @param minimum the fastest
 * @param spread the interquartile range: the middle half of the steps lie so far apart
 * @param allocatedBytes what all threads of the JVM allocated in a step, rounded up
 */
public record Timing(int steps, double median, double minimum, double spread, long allocatedBytes) {
  /**
   * The timing of steps.
   *
   * @param allocatedBytes a step
   * @param seconds that each took
   * @throws IllegalArgumentException if there are none
   */
  public static Timing of(long allocatedBytes, double... seconds) {
    if (seconds.length == 0) {
      throw new IllegalArgumentException("a timing is of at least 1 step, found 0");
    }
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return new Timing(
        sorted.length,
        quantile(sorted, 0.5),
        sorted[0],
        quantile(sorted, 0.75) - quantile(sorted, 0.25),
        allocatedBytes);
  }

  /** The value below which a part of the sorted ones lie, between two of them if need be. */
  private static double quantile(double[] sorted, double part) {
    double at = part * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
