package stride.train;

import java.io.IOException;

/**
 * A hook between the backward passes of a step and its update, where gradients may be replaced.
 * Several trainings that average their gradients here learn like one training with a batch as large
 * as all of theirs together.
 */
@FunctionalInterface
public interface GradientExchange {
  /**
   * Replaces the gradients of a step by those that the update uses. Called on the thread that
   * trains, before gradients are clipped.
   *
   * @param gradients the gradients of all weights, laid out as {@link Progress#weights}, 0 where
   *     weights are frozen; changed in place
   * @param samples the number of samples that the gradients are the mean of
   * @param progress the state of the training
   * @throws IOException if the other trainings cannot be reached; the training then fails with it
   */
  void exchange(float[] gradients, int samples, Progress progress) throws IOException;
}
