package stride.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one epoch.
 *
 * @param epoch the number of the epoch, from 1
 * @param loss the mean training loss
 * @param metrics each of the training's {@link Metric}s under its name, on the training samples at
 *     the steps that learned from them
 * @param learningRate the learning rate of the last step
 * @param test the evaluation on the test set; null without one
 * @param seconds the time of training in this epoch, without the test; if the features of a frozen
 *     backbone are computed in this epoch, they are included
 * @param samples the number of training samples in this epoch
 */
public record EpochResult(
    int epoch,
    double loss,
    Map<String, Double> metrics,
    double learningRate,
    @Nullable Evaluation test,
    double seconds,
    int samples) {

  /** Copies the metrics. */
  public EpochResult {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * {@return the accuracy on the training samples at the steps that learned from them, in [0, 1];
   * NaN if the training does not measure it}
   */
  public double accuracy() {
    return metrics.getOrDefault("accuracy", Double.NaN);
  }

  /**
   * {@return the loss by which an epoch is judged: the test loss, or the training loss without a
   * test}
   */
  public double judgedLoss() {
    return test == null ? loss : test.loss();
  }

  /**
   * Returns whether this epoch's weights are better than another's: its test accuracy, or a
   * detector's average precision, is higher or, if that is equal or not measured, its test loss is
   * smaller. Without a test the smaller training loss is better.
   *
   * @param other the epoch to compare with
   * @return whether this one is better
   */
  public boolean isBetterThan(EpochResult other) {
    for (var decisive : List.of("accuracy", "ap")) {
      if (test != null && other.test != null && test.has(decisive) && other.test.has(decisive)) {
        int compared = Double.compare(test.metric(decisive), other.test.metric(decisive));
        if (compared != 0) {
          return compared > 0;
        }
      }
    }
    return judgedLoss() < other.judgedLoss();
  }
}
