package stride.train;

import stride.graph.Weights;

/** All that changes while a training runs: what a checkpoint holds. */
final class TrainingState {
  final Weights weights;
  final Optimizer.State optimizer;

  /** The running epoch, from 0. */
  int epoch;

  /** Steps done in this epoch. */
  int step;

  /** Steps done in all epochs. */
  long totalSteps;

  /** The sum of this epoch's samples' losses. */
  double lossSum;

  /** This epoch's samples that were classified right. */
  int correct;

  /** The time that this epoch's steps have taken, in all processes that had a part in it. */
  double seconds;

  TrainingState(Weights weights, Optimizer.State optimizer) {
    this.weights = weights;
    this.optimizer = optimizer;
  }
}
