package stride.graph;

import stride.tensor.Numbers;

/**
 * Numbers that an operation keeps from batch to batch without learning them by gradient: batch
 * norm's running mean.
 *
 * @param name its name in the state dict below the operation's own: "running_mean"
 * @param length how many numbers, at least 1
 * @param initial the first value of each
 * @param least the smallest value that makes sense: 0 of a variance, else negative infinity
 * @param counter whether it is one {@link Counter}, which files hold as a 64-bit integer without a
 *     shape: "num_batches_tracked"
 */
public record RunningStatistic(
    String name, int length, float initial, float least, boolean counter) {
  public RunningStatistic {
    if (length < 1 || (counter && length != Counter.FLOATS)) {
      throw new IllegalArgumentException(
          "the statistic %s has at least 1 number, as a counter just %d, found %d"
              .formatted(name, Counter.FLOATS, length));
    }
  }

  /** Numbers of any size. */
  public static RunningStatistic of(String name, int length, float initial) {
    return new RunningStatistic(name, length, initial, Float.NEGATIVE_INFINITY, false);
  }

  /** Variances, which are never below 0. */
  public static RunningStatistic variances(String name, int length) {
    return new RunningStatistic(name, length, 1, 0, false);
  }

  /**
   * Where the first of its numbers stands that is NaN, infinite or too small.
   *
   * @param at where they begin
   * @return its index, or -1 if all are as they should be
   */
  public int flaw(float[] statistics, int at) {
    int bad = Numbers.firstNotFinite(statistics, at, length);
    for (int i = at; i < at + length && bad < 0; i++) {
      bad = statistics[i] < least ? i : -1;
    }
    return bad;
  }

  /** A number that counts from 0 on. */
  public static RunningStatistic counter(String name) {
    return new RunningStatistic(name, Counter.FLOATS, 0, 0, true);
  }
}
