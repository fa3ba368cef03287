package stride.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import stride.graph.Weights;
import stride.tensor.Numbers;

/** All that changes while a training runs: what a checkpoint holds. */
final class TrainingState {
  final Weights weights;
  final Optimizer.State optimizer;

  /** The average of the weights, if there is one. */
  final @Nullable WeightAverage average;

  /** What the callbacks keep, in their order. */
  final List<List<float[]>> memories;

  /** The epochs that are done. */
  final List<EpochResult> history = new ArrayList<>();

  /** The running epoch, from 0. */
  int epoch;

  /** Steps done in this epoch. */
  int step;

  /** Steps done in all epochs. */
  long totalSteps;

  /** The sum of this epoch's samples' losses. */
  double lossSum;

  /** The mean loss of the last step's samples. */
  double stepLoss;

  /** How good the outputs for this epoch's samples were. */
  final Measurement measurement;

  /** The time that this epoch's steps have taken, in all processes that had a part in it. */
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
   * What is no number among all that the training computes with, for a message. Empty if there is
   * nothing.
   */
  Optional<String> flaw() {
    return weights
        .flaw()
        .or(
            () ->
                average == null
                    ? Optional.empty()
                    : average.average.flaw().map("the average of "::concat))
        .or(
            () ->
                optimizer.memory().stream().allMatch(Numbers::allFinite)
                    ? Optional.empty()
                    : Optional.of("what the optimizer keeps is no longer finite"));
  }

  /** The weights that are tested and saved in the end. */
  Weights result() {
    return average == null ? weights : average.average;
  }
}
