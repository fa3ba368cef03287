package stride.train;

import java.util.List;
import java.util.Map;
import stride.graph.Weights;
import stride.network.Model;

/** The current state of a training. A live view: callbacks get the same object at every call. */
public interface Progress {
  /** {@return the running epoch, counted from 0} */
  int epoch();

  /** {@return the number of epochs that the training is to have} */
  int epochs();

  /** {@return the number of steps done in this epoch} */
  int step();

  /** {@return the number of steps in the running epoch} */
  int stepsPerEpoch();

  /** {@return the number of samples done in this epoch} */
  int samples();

  /** {@return the number of samples in each epoch} */
  int samplesPerEpoch();

  /** {@return the mean training loss of this epoch so far} */
  double loss();

  /** {@return the mean loss of the last step's samples} */
  double stepLoss();

  /** {@return each metric of this epoch's training samples so far, under its name} */
  Map<String, Double> metrics();

  /**
   * {@return the accuracy on this epoch's training samples so far, in [0, 1]; NaN if the training
   * does not measure it}
   */
  double accuracy();

  /** {@return the learning rate of the last step} */
  double learningRate();

  /** {@return the results of the epochs that are done, in order} */
  List<EpochResult> history();

  /** {@return the weights that are being trained; a live view} */
  Weights weights();

  /**
   * {@return the gradients of the last step, laid out as the weights; 0 where weights are frozen}
   * They are clipped if the training clips gradients.
   */
  float[] gradients();

  /**
   * {@return a copy of the current model, with the average weights if the training keeps an
   * average} Any thread may use it while the training continues.
   */
  Model model();

  /**
   * {@return the model that is being trained, without copying its weights} Only the thread that
   * trains may read it, and only until the callback returns.
   */
  Model liveModel();

  /** Ends the training after the running epoch, as if that were the last one. */
  void finish();
}
