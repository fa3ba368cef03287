package stride.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of one epoch.
 *
 * @param epoch counted from 1
 * @param loss the mean training loss
 * @param metrics each of the training's {@link Metric}s under its name, on the training samples as
 *     they were learned from
 * @param learningRate of the last step
 * @param test on the test set, if there is one
 * @param seconds of training in this epoch, with the features of a frozen backbone where they are
 *     computed in it, without the test
 * @param samples trained in this epoch
 */
public record EpochResult(
    int epoch,
    double loss,
    Map<String, Double> metrics,
    double learningRate,
    @Nullable Evaluation test,
    double seconds,
    int samples) {

  public EpochResult {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * The accuracy on the training samples as they were learned from, in [0, 1]; NaN where the
   * training does not measure any.
   */
  public double accuracy() {
    return metrics.getOrDefault("accuracy", Double.NaN);
  }

  /** The loss by which an epoch is judged: the test's, without a test the training's. */
  public double judgedLoss() {
    return test == null ? loss : test.loss();
  }

  /**
   * Whether this epoch's weights are better than another's: the accuracy of the test is higher or,
   * where it is the same or there is none, the loss of the test is smaller. Without a test the
   * smaller training loss is better.
   */
  public boolean isBetterThan(EpochResult other) {
    if (test != null && other.test != null && test.has("accuracy") && other.test.has("accuracy")) {
      int compared = Double.compare(test.metric("accuracy"), other.test.metric("accuracy"));
      if (compared != 0) {
        return compared > 0;
      }
    }
    return judgedLoss() < other.judgedLoss();
  }
}
