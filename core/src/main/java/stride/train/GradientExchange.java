package stride.train;

import java.io.IOException;

/**
 * The seam between the backward passes of a step and its update, where gradients may be replaced:
 * several trainings that average theirs here learn as one, of batches as large as all of theirs
 * together.
 */
@FunctionalInterface
public interface GradientExchange {
  /**
   * Replaces the gradients of a step by those that the update is to use. Called on the thread that
   * trains, before gradients are clipped.
   *
   * @param gradients of all weights, laid out as {@link Progress#weights}; 0 where weights are
   *     frozen; to be changed in place
   * @param samples how many samples' mean they are
   * @throws IOException if the others cannot be reached; the training ends with it
   */
  void exchange(float[] gradients, int samples, Progress progress) throws IOException;
}
