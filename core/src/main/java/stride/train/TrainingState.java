package stride.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import stride.graph.Weights;
import stride.tensor.Numbers;

/** Everything that changes while a training runs, and that a checkpoint holds. */
final class TrainingState {
  final Weights weights;
  final Optimizer.State optimizer;

  /** The average of the weights, if there is one. */
  final @Nullable WeightAverage average;

  /** The arrays that the callbacks keep, in order. */
  final List<List<float[]>> memories;

  /** The epochs that are done. */
  final List<EpochResult> history = new ArrayList<>();

  /** The running epoch, from 0. */
  int epoch;

  /** The number of steps done in this epoch. */
  int step;

  /** The number of steps done in all epochs. */
  long totalSteps;

  /** The sum of this epoch's samples' losses. */
  double lossSum;

  /** The mean loss of the last step's samples. */
  double stepLoss;

  /** The metrics of this epoch's samples so far. */
  final Measurement measurement;

  /** The time that this epoch's steps have taken, over all processes that worked on it. */
  double seconds;

  TrainingState(
      Weights weights,
      Optimizer.State optimizer,
      @Nullable WeightAverage average,
      List<Callback> callbacks,
      List<Metric> metrics) {
    this.weights = weights;
    this.optimizer = optimizer;
    this.average = average;
    measurement = new Measurement(metrics);
    memories = callbacks.stream().map(Callback::memory).toList();
  }

  /**
   * Returns which of the training's values are NaN or infinite, for a message; empty if none are.
   *
   * @param memory the optimiser's
   */
  Optional<String> flaw(List<float[]> memory) {
    return weights
        .flaw()
        .or(
            () ->
                average == null
                    ? Optional.empty()
                    : average.average.flaw().map("the average of "::concat))
        .or(
            () ->
                memory.stream().allMatch(Numbers::allFinite)
                    ? Optional.empty()
                    : Optional.of("the optimizer's state is no longer finite"));
  }

  /** Returns the weights that are tested and saved. */
  Weights result() {
    return average == null ? weights : average.average;
  }
}
