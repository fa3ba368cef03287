package stride.train;

/** Where a training stands. A live view: the same object at every call. */
public interface Progress {
  /** The running epoch, counted from 0. */
  int epoch();

  int epochs();

  /** Steps done in this epoch. */
  int step();

  int stepsPerEpoch();

  /** Samples done in this epoch. */
  int samples();

  /** The mean training loss of this epoch so far. */
  double loss();

  /** The part of this epoch's training samples so far that were classified right, in [0, 1]. */
  double accuracy();

  /** The learning rate of the last step. */
  double learningRate();
}
