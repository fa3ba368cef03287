package stride.train;

import stride.graph.WeightTable;

/**
 * What one task owns of an array that the tasks of a training have in common: every {@code
 * tasks}-th unit of {@link #UNIT} values. Whatever stretch of the array is exchanged, all tasks own
 * about as much of it.
 *
 * @param task the number of the task, from 0
 * @param tasks the number of tasks
 */
public record Shard(int task, int tasks) {
  /** The number of values that always belong to the same task. */
  public static final int UNIT = 1 << 14;

  /**
   * {@return the task that owns a value}
   *
   * @param index its place in the array
   * @param tasks the number of tasks
   */
  public static int owner(int index, int tasks) {
    return index / UNIT % tasks;
  }

  /** Whether the task owns a value of the array. */
  boolean owns(int index) {
    return owner(index, tasks) == task;
  }

  /** Returns the place of a value that the task owns among all that it owns. */
  int local(int index) {
    return index / UNIT / tasks * UNIT + index % UNIT;
  }

  /**
   * Returns the length of an array for all that the task owns. A shard that is not the whole array
   * has {@link WeightTable#SLACK} more floats, so that kernels may load whole vectors at its end.
   *
   * @param whole the length of the array
   */
  int length(int whole) {
    if (tasks == 1) {
      return whole;
    }
    int units = whole / UNIT;
    int own = units / tasks + (units % tasks > task ? 1 : 0);
    return own * UNIT + (units % tasks == task ? whole % UNIT : 0) + WeightTable.SLACK;
  }

  /** Copies what the task owns out of an array, or back into it. */
  void copy(float[] whole, float[] own, boolean back) {
    for (var unit : ArrayPart.whole(whole).units()) {
      if (owns(unit.from())) {
        int at = local(unit.from());
        if (back) {
          System.arraycopy(own, at, whole, unit.from(), unit.length());
        } else {
          System.arraycopy(whole, unit.from(), own, at, unit.length());
        }
      }
    }
  }
}
