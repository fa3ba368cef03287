package stride.train;

import java.util.List;
import stride.graph.Weights;
import stride.network.Model;

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

  /** Samples of each epoch. */
  int samplesPerEpoch();

  /** The mean training loss of this epoch so far. */
  double loss();

  /** The mean loss of the last step's samples. */
  double stepLoss();

  /** The part of this epoch's training samples so far that were classified right, in [0, 1]. */
  double accuracy();

  /** The learning rate of the last step. */
  double learningRate();

  /** The epochs that are done, in order. */
  List<EpochResult> history();

  /** The weights that are learned, as they are now. */
  Weights weights();

  /**
   * The gradients of the last step, laid out as the weights; 0 where weights are frozen. Clipped,
   * if the training clips.
   */
  float[] gradients();

  /** The model as it is now: of the average weights, if the training keeps any. */
  Model model();

  /** Ends the training after the running epoch, as if it had no more epochs. */
  void finish();
}
