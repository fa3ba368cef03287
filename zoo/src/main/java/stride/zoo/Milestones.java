package stride.zoo;

import java.util.List;
import stride.train.Schedule;

/**
 * Divides the learning rate by ten at some points of the training, as the papers of the 2010s do.
 *
 * @param points parts of the training, in (0, 1)
 */
record Milestones(List<Double> points) implements Schedule {
  Milestones {
    points = List.copyOf(points);
  }

  static Milestones at(Double... points) {
    return new Milestones(List.of(points));
  }

  @Override
  public double factor(long step, long steps) {
    double factor = 1;
    for (double point : points) {
      factor *= step >= point * steps ? 0.1 : 1;
    }
    return factor;
  }
}
