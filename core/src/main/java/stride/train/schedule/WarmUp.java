package stride.train.schedule;

import java.util.List;
import stride.train.EpochResult;
import stride.train.Schedule;

/**
 * A schedule behind a linear rise to its first rate.
 *
 * @param part the rise's part of the training's steps, in [0, 1)
 * @param then runs over the steps that are left
 */
public record WarmUp(double part, Schedule then) implements Schedule {
  private static final double START = 0.01;

  public WarmUp {
    if (!(part >= 0 && part < 1)) {
      throw new IllegalArgumentException(
          "a warm-up takes a part of the training from 0 to below 1, found " + part);
    }
  }

  @Override
  public double factor(long step, long steps) {
    // A step at least is left to learn in.
    long rise = Math.min(Math.round(part * steps), steps - 1);
    return step < rise ? START + (1 - START) * step / rise : then.factor(step - rise, steps - rise);
  }

  @Override
  public double factorAfter(List<EpochResult> epochs) {
    return then.factorAfter(epochs);
  }
}
