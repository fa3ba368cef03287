package stride.spark;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a task of a training sends to the driver. */
sealed interface TaskResult extends Serializable {
  /**
   * Why the training cannot go on, however often it is tried.
   *
   * @param sentence for the user
   */
  record Failure(String sentence) implements TaskResult {}

  /**
   * A part of the model's file: files are larger than Spark's rows should be.
   *
   * @param number from 0
   * @param bytes the part
   */
  record ModelPart(int number, byte[] bytes) implements TaskResult {}

  /**
   * The results of all epochs.
   *
   * @param epochs in order
   */
  record Curves(List<Epoch> epochs) implements TaskResult {
    public Curves {
      epochs = List.copyOf(epochs);
    }
  }

  /** The result of an epoch, which Java can serialize; see {@code stride.train.EpochResult}. */
  record Epoch(
      int epoch,
      double loss,
      double accuracy,
      double learningRate,
      double seconds,
      int samples,
      @Nullable Double validationLoss,
      @Nullable Double validationAccuracy)
      implements Serializable {}
}
