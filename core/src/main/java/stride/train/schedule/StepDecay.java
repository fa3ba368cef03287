package stride.train.schedule;

import stride.train.Schedule;

/**
 * Multiplies the learning rate by {@code gamma} after each {@code part} of the training: PyTorch's
 * StepLR.
 *
 * @param gamma in (0, 1]
 * @param part of the training's steps, above 0
 */
public record StepDecay(double gamma, double part) implements Schedule {
  public StepDecay {
    MultiStep.checkGamma(gamma);
    if (!(part > 0 && part < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the rate is changed after a part of the training above 0, found " + part);
    }
  }

  @Override
  public double factor(long step, long steps) {
    return StrictMath.pow(gamma, Math.floor((step + MultiStep.ROUNDING) / (part * steps)));
  }
}
