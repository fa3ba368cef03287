package stride.spark;

import org.apache.spark.Partitioner;
import stride.train.Ranks;

/** Which ranks a task computes: a stretch of them; of unequal ones the first are the longer. */
final class RankStretch {
  private RankStretch() {}

  /** The first rank of a task; {@code tasks} gives the number of ranks. */
  static int begin(int ranks, int tasks, int task) {
    return task * (ranks / tasks) + Math.min(task, ranks % tasks);
  }

  static Ranks ranks(int ranks, int tasks, int task) {
    int first = begin(ranks, tasks, task);
    return new Ranks(ranks, first, begin(ranks, tasks, task + 1) - first, task, tasks);
  }

  /** Sends what is numbered by tasks to these. */
  static final class ByTask extends Partitioner {
    private static final long serialVersionUID = 1;

    private final int tasks;

    ByTask(int tasks) {
      this.tasks = tasks;
    }

    @Override
    public int numPartitions() {
      return tasks;
    }

    @Override
    public int getPartition(Object task) {
      return (Integer) task;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByTask partitioner && partitioner.tasks == tasks;
    }

    @Override
    public int hashCode() {
      return tasks;
    }
  }
}
