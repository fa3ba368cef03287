package stride.train.schedule;

import java.util.List;
import stride.train.Schedule;

/**
 * Multiplies the learning rate by {@code gamma} at some points of the training: PyTorch's
 * MultiStepLR.
 *
 * @param gamma in (0, 1]
 * @param points parts of the training's steps, in (0, 1); one below 0 counts from the first step
 */
public record MultiStep(double gamma, List<Double> points) implements Schedule {
  /** A point that is a whole number of steps may have been rounded to a little more. */
  static final double ROUNDING = 1e-6;

  public MultiStep {
    points = List.copyOf(points);
    checkGamma(gamma);
    for (double point : points) {
      if (!(point > Double.NEGATIVE_INFINITY && point <= 1)) {
        throw new IllegalArgumentException(
            "the rate is changed at parts of the training of up to 1, found " + point);
      }
    }
  }

  static void checkGamma(double gamma) {
    if (!(gamma > 0 && gamma <= 1)) {
      throw new IllegalArgumentException(
          "a rate is multiplied by a number above 0 and up to 1, found " + gamma);
    }
  }

  @Override
  public double factor(long step, long steps) {
    double factor = 1;
    for (int i = 0; i < points.size(); i++) {
      factor *= step + ROUNDING >= points.get(i) * steps ? gamma : 1;
    }
    return factor;
  }
}
