package stride.train;

import java.util.List;
import java.util.Map;
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

  /** Each metric of this epoch's training samples so far, under its name. */
  Map<String, Double> metrics();

  /**
   * The accuracy of this epoch's training samples so far, in [0, 1]; NaN where the training does
   * not measure any.
   */
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

  /**
   * A copy of the model as it is now, of the average weights, if the training keeps any. Any thread
   * may use it while the training goes on.
   */
  Model model();

  /**
   * The model that is being trained, without a copy of its weights: to be read by the thread that
   * trains, before the callback returns.
   */
  Model liveModel();

  /** Ends the training after the running epoch, as if it had no more epochs. */
  void finish();
}
