package stride.train;

import org.jspecify.annotations.Nullable;

/**
 * What came of an epoch.
 *
 * @param epoch counted from 1
 * @param loss the mean training loss
 * @param accuracy on the training samples as they were learned from, in [0, 1]
 * @param learningRate of the last step
 * @param test on the test set, if there is one
 * @param seconds of training in this epoch, with the features of a frozen backbone where they are
 *     computed in it, without the test
 * @param samples trained in this epoch
 */
public record EpochResult(
    int epoch,
    double loss,
    double accuracy,
    double learningRate,
    @Nullable Evaluation test,
    double seconds,
    int samples) {

  /** The loss by which an epoch is judged: the test's, without a test the training's. */
  public double judgedLoss() {
    return test == null ? loss : test.loss();
  }

  /**
   * Whether this epoch's weights are better than another's: more of the test's images are right or,
   * of as many, with a smaller loss. Without a test the smaller training loss is better.
   */
  public boolean isBetterThan(EpochResult other) {
    if (test != null && other.test != null && test.top1() != other.test.top1()) {
      return test.top1() > other.test.top1();
    }
    return judgedLoss() < other.judgedLoss();
  }
}
