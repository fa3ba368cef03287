package stride.train.schedule;

import stride.train.Schedule;

/**
 * Multiplies the learning rate by {@code gamma} after each {@code part} of the training: PyTorch's
 * StepLR.
 *
 * @param gamma in (0, 1]
 * @param part the fraction of the training's steps, above 0
 */
public record StepDecay(double gamma, double part) implements Schedule {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public StepDecay {
    MultiStep.checkGamma(gamma);
    if (!(part > 0 && part < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the part of the training between two steps of the rate must be above 0, was " + part);
    }
  }

  @Override
  public double factor(long step, long steps) {
    return StrictMath.pow(gamma, Math.floor((step + MultiStep.ROUNDING) / (part * steps)));
  }
}
