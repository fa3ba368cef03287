package stride.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.TargetType;
import stride.network.Model;
import stride.network.Task;

/**
 * The task, loss and metrics of a training: a trainer's own settings, or the usual ones for its
 * data.
 *
 * @param task the meaning of the network's output
 * @param loss the loss to minimise
 * @param metrics the metrics to measure, the most important first
 * @param method what else is measured in a test; null for nothing
 */
record Goal(Task task, Loss loss, List<Metric> metrics, @Nullable LearnedMethod method) {
  static Goal of(Trainer trainer, Samples data) {
    var task = trainer.task == null ? data.task(trainer.network) : trainer.task;
    return new Goal(
        task,
        trainer.loss == null ? loss(trainer.origin, task) : trainer.loss,
        trainer.metrics == null ? usual(trainer, task, data.targets()) : trainer.metrics,
        method(trainer.origin, task));
  }

  /** Returns the loss of a model's method if it has one for the task, else that of the task. */
  static Loss loss(@Nullable Model model, Task task) {
    var method = method(model, task);
    return model != null && method != null ? method.loss(model.network()) : Loss.forTask(task);
  }

  /** Returns a model's method if it is one that is learned for the task. */
  static @Nullable LearnedMethod method(@Nullable Model model, Task task) {
    return model != null && model.method() instanceof LearnedMethod method && method.task() == task
        ? method
        : null;
  }

  /** Returns the metrics of the task, or the method, if targets are of its kind. */
  private static List<Metric> usual(Trainer trainer, Task task, TargetType targets) {
    var method = method(trainer.origin, task);
    if (method != null) {
      return method.metrics(trainer.network);
    }
    boolean fit =
        switch (targets) {
          case TargetType.OneClass _, TargetType.SeveralClasses _ -> task.classifies();
          case TargetType.Values _, TargetType.Image _ -> task == Task.VALUES || task == Task.IMAGE;
          case TargetType.ClassMap _ -> task == Task.CLASS_MAP;
          case TargetType.Boxes _, TargetType.Several _ -> false;
        };
    return fit ? Metric.forTask(task, trainer.network.output()) : List.of();
  }
}
