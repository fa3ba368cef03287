package stride.train;

/**
 * The ranks of a training, and which of them one of its tasks computes. A step of R ranks learns
 * from R times as many samples as a step of one: each rank computes the gradient of its own part of
 * the step's samples, with batch norm's statistics of that part. A task is a process that computes
 * one or several ranks, one after another. The result depends on the number of ranks alone, not on
 * the tasks that compute them.
 *
 * @param all the number of ranks, at least 1
 * @param first the first rank that this task computes, from 0
 * @param own the number of ranks that this task computes, at least 1
 * @param task the number of this task, from 0; tasks are numbered in the order of their ranks
 * @param tasks the number of tasks
 */
public record Ranks(int all, int first, int own, int task, int tasks) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the task's ranks are not among all, or there are more tasks
   *     than ranks
   */
  public Ranks {
    if (all < 1 || first < 0 || own < 1 || first > all - own) {
      throw new IllegalArgumentException(
          "a task computes some of the ranks 0 to %d, found %d from %d on"
              .formatted(all - 1, own, first));
    }
    if (task < 0 || task >= tasks || tasks > all) {
      throw new IllegalArgumentException(
          "%d ranks are computed by 1 to %1$d tasks, found task %d of %d"
              .formatted(all, task, tasks));
    }
  }

  /**
   * {@return ranks that are all computed by one task}
   *
   * @param all the number of ranks, at least 1
   */
  public static Ranks alone(int all) {
    return new Ranks(all, 0, all, 0, 1);
  }

  /**
   * Returns where a rank's own samples begin, if each rank {@linkplain Trainer#ownSamples has
   * such}: they follow each other in the order of the ranks, as many as a rank learns from in an
   * epoch.
   *
   * @param samples the number of samples of all ranks
   * @param batch the number of samples of a rank in a step, at least 1
   * @param rank the rank; {@link #all} for the end of the last one's
   * @return the index of its first sample
   */
  public int ownBegin(int samples, int batch, int rank) {
    int most = Math.clamp(samples / all, 1, batch);
    int steps = samples / (most * all);
    return rank * steps * most + begin(samples - steps * most * all, rank);
  }

  /**
   * Returns where a part begins if things are dealt out to parts as evenly as possible, each part a
   * stretch of them: the first parts have one more where they cannot be dealt out evenly.
   *
   * @param count the number of things
   * @param parts the number of parts, at least 1
   * @param part the number of the part, from 0; {@code parts} for the end of the last one
   * @return the index of its first thing
   */
  public static int begin(int count, int parts, int part) {
    return part * (count / parts) + Math.min(part, count % parts);
  }

  /** {@return whether this task computes rank 0} It tests the model and writes files. */
  public boolean leads() {
    return first == 0;
  }

  /** Returns what this task owns of arrays that all tasks have in common. */
  Shard shard() {
    return new Shard(task, tasks);
  }

  /**
   * Returns where a rank's samples begin among those of a step. Of samples that cannot be dealt out
   * evenly, the first ranks have one more.
   *
   * @param samples the number of samples of the step
   * @param rank the rank; {@link #all} for the end of the last one's
   */
  int begin(int samples, int rank) {
    return begin(samples, all, rank);
  }

  /** Returns the number of a rank's samples among those of a step. */
  int samples(int samples, int rank) {
    return begin(samples, rank + 1) - begin(samples, rank);
  }

  /** Returns the number of samples of a step that this task computes. */
  int ownSamples(int samples) {
    return begin(samples, first + own) - begin(samples, first);
  }
}
