package stride.train;

import java.util.List;
import stride.engine.Engine;
import stride.graph.WeightTable;
import stride.graph.Weights;

/**
 * The exponential moving average of weights and running statistics: average = decay average + (1 -
 * decay) weights in each step, after a copy of the weights in the first, as PyTorch's AveragedModel
 * with such an average. Counters are copied.
 */
final class WeightAverage {
  private static final int TASK_WEIGHTS = 1 << 14;

  final Weights average;
  private final Weights weights;
  private final float share;
  private final List<WeightTable.StatisticEntry> counters;
  private final Engine engine;
  private final Engine.Tasks tasks = (task, worker) -> follow(task);

  WeightAverage(Weights weights, double decay, Engine engine) {
    this.weights = weights;
    this.engine = engine;
    share = (float) (1 - decay);
    average = weights.copy();
    counters =
        weights.table().statistics().stream().filter(entry -> entry.statistic().counter()).toList();
  }

  /**
   * Updates the average from the weights.
   *
   * @param step the number of the step that changed them, from 1
   */
  void follow(long step) {
    if (step == 1) {
      System.arraycopy(weights.values(), 0, average.values(), 0, weights.values().length);
      System.arraycopy(
          weights.statistics(), 0, average.statistics(), 0, weights.statistics().length);
    } else {
      engine.forEach(Math.ceilDiv(weights.values().length, TASK_WEIGHTS), tasks);
      follow(weights.statistics(), average.statistics(), 0, weights.statistics().length);
      for (var entry : counters) {
        int length = entry.statistic().length();
        System.arraycopy(
            weights.statistics(), entry.offset(), average.statistics(), entry.offset(), length);
      }
    }
    average.changed();
  }

  private void follow(int task) {
    int from = task * TASK_WEIGHTS;
    int to = Math.min(from + TASK_WEIGHTS, weights.values().length);
    follow(weights.values(), average.values(), from, to);
  }

  private void follow(float[] values, float[] averages, int from, int to) {
    for (int i = from; i < to; i++) {
      averages[i] += share * (values[i] - averages[i]);
    }
  }
}
