package stride.train;

/**
 * A part of an array that the tasks of a training have in common: each task owns a slice of it, in
 * the order of the tasks. Slices are cut at multiples of {@link #UNIT}, and are empty where there
 * are fewer units than tasks.
 *
 * @param values the array
 * @param from the index of the first value
 * @param to the index after the last value
 */
public record Shared(float[] values, int from, int to) {
  /** The number of values that always belong to the same task. */
  public static final int UNIT = 1 << 14;

  /**
   * Returns where a task's slice begins.
   *
   * @param task the number of the task, from 0; {@code tasks} for the end of the last one's slice
   * @param tasks the number of tasks
   * @return an index of the array
   */
  public int begin(int task, int tasks) {
    int first = from / UNIT;
    int units = Math.ceilDiv(to, UNIT) - first;
    long at = (first + (long) units * task / tasks) * UNIT;
    return Math.clamp(at, from, to);
  }

  /**
   * Returns the index behind a task's slice.
   *
   * @param task the number of the task, from 0
   * @param tasks the number of tasks
   * @return an index of the array
   */
  public int end(int task, int tasks) {
    return begin(task + 1, tasks);
  }
}
