package stride.detection;

import stride.engine.Engine;

/** What runs the tasks of a loss: {@code engine::forEach}, or the caller alone. */
@FunctionalInterface
interface Threads {
  /** The caller's thread. */
  Threads ONE =
      (count, tasks) -> {
        for (int task = 0; task < count; task++) {
          tasks.run(task, 0);
        }
      };

  /** Runs tasks, numbered from 0, and returns when all are done. */
  void forEach(int count, Engine.Tasks tasks);
}
