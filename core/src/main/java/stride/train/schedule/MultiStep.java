package stride.train.schedule;

import java.util.List;
import stride.train.Schedule;

/**
 * Multiplies the learning rate by {@code gamma} at given points of the training: PyTorch's
 * MultiStepLR.
 *
 * @param gamma in (0, 1]
 * @param points fractions of the training's steps, in (0, 1); one below 0 applies from the first
 *     step
 */
public record MultiStep(double gamma, List<Double> points) implements Schedule {
  /** Tolerance for a point at a whole number of steps that was rounded to a little more. */
  static final double ROUNDING = 1e-6;

  /**
   * Copies the points.
   *
   * @throws IllegalArgumentException if gamma or a point is out of its range
   */
  public MultiStep {
    points = List.copyOf(points);
    checkGamma(gamma);
    for (double point : points) {
      if (!(point > Double.NEGATIVE_INFINITY && point <= 1)) {
        throw new IllegalArgumentException(
            "the points of a schedule must be fractions of the training of at most 1, was "
                + point);
      }
    }
  }

  static void checkGamma(double gamma) {
    if (!(gamma > 0 && gamma <= 1)) {
      throw new IllegalArgumentException(
          "the factor of a schedule must be in (0, 1], was " + gamma);
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
