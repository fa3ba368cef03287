package stride.train.schedule;

import java.util.List;
import stride.train.EpochResult;
import stride.train.Schedule;

/**
 * A schedule after a linear rise to its first rate.
 *
 * @param part the fraction of the training's steps that the rise takes, in [0, 1)
 * @param then the schedule of the remaining steps
 */
public record WarmUp(double part, Schedule then) implements Schedule {
  private static final double START = 0.01;

  /**
   * Checks the part.
   *
   * @throws IllegalArgumentException if it is not in [0, 1)
   */
  public WarmUp {
    if (!(part >= 0 && part < 1)) {
      throw new IllegalArgumentException(
          "the part of the training that warms up must be in [0, 1), was " + part);
    }
  }

  @Override
  public double factor(long step, long steps) {
    // At least one step remains to learn in.
    long rise = Math.min(Math.round(part * steps), steps - 1);
    return step < rise ? START + (1 - START) * step / rise : then.factor(step - rise, steps - rise);
  }

  @Override
  public double factorAfter(List<EpochResult> epochs) {
    return then.factorAfter(epochs);
  }
}
