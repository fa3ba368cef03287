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
 * @param seconds of training in this epoch, without the test
 * @param samples trained in this epoch
 */
public record EpochResult(
    int epoch,
    double loss,
    double accuracy,
    double learningRate,
    @Nullable Evaluation test,
    double seconds,
    int samples) {}
