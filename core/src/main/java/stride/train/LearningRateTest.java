package stride.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import stride.data.ImageDataset;

/**
 * The learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks",
 * section 3.3): the rate grows exponentially from step to step, while the loss falls, then rises.
 *
 * @param points a point a step, in order; the test ends where the loss is four times the smallest
 */
public record LearningRateTest(List<Point> points) {
  /** How much of the smoothed loss stays in a step. */
  private static final double SMOOTHING = 0.9;

  private static final double DIVERGED = 4;

  /** Steps at the beginning whose smoothed losses are of few batches. */
  private static final int FIRST = 5;

  public LearningRateTest {
    points = List.copyOf(points);
  }

  /**
   * A step of the test.
   *
   * @param loss the mean of the losses so far, of which later ones count more
   */
  public record Point(double rate, double loss) {}

  /**
   * Tests rates; the trainer's schedule and epochs play no part.
   *
   * @param from the first rate, above 0
   * @param to the last one, above {@code from}
   * @param steps how many steps there are at most, at least 10
   */
  public static LearningRateTest of(
      Trainer trainer, ImageDataset data, double from, double to, int steps) throws IOException {
    if (!(from > 0 && to > from && to < Double.POSITIVE_INFINITY) || steps < 2 * FIRST) {
      throw new IllegalArgumentException(
          "rates grow from above 0 in at least %d steps, found %s to %s in %d"
              .formatted(2 * FIRST, from, to, steps));
    }
    var watch = new Watch(steps);
    try {
      trainer
          .optimizer(trainer.optimizer.learningRate(from))
          .schedule(new Exponential(to / from, steps))
          .epochs(steps)
          .callback(watch)
          .stopWhen(() -> watch.done)
          .fit(data, null);
    } catch (StoppedException | TrainingException e) {
      // The end of the test: all steps are done, or the loss is beyond all bounds.
      if (watch.points.size() < 2 * FIRST) {
        throw new TrainingException(
            "the loss diverged after %d steps: begin with a rate below %s"
                .formatted(watch.points.size(), from));
      }
    }
    return new LearningRateTest(watch.points);
  }

  /** The rate with the smallest loss: a little more, and training diverges. */
  public double best() {
    var best = points.get(FIRST);
    for (var point : points.subList(FIRST, points.size())) {
      best = point.loss() < best.loss() ? point : best;
    }
    return best.rate();
  }

  /** The highest rate to train with: a tenth of the one with the smallest loss. */
  public double suggested() {
    return best() / 10;
  }

  /**
   * Grows from 1 to a ratio in some steps, however many there are.
   *
   * @param ratio above 1
   */
  private record Exponential(double ratio, int count) implements Schedule {
    @Override
    public double factor(long step, long steps) {
      return StrictMath.pow(ratio, Math.min(1, step / (count - 1.0)));
    }
  }

  private static final class Watch implements Callback {
    private final List<Point> points = new ArrayList<>();
    private final int steps;
    private double average;
    private double weight;
    private double smallest = Double.POSITIVE_INFINITY;
    private boolean done;

    Watch(int steps) {
      this.steps = steps;
    }

    @Override
    public void step(Progress progress) {
      average = SMOOTHING * average + (1 - SMOOTHING) * progress.stepLoss();
      weight = SMOOTHING * weight + (1 - SMOOTHING);
      double loss = average / weight;
      points.add(new Point(progress.learningRate(), loss));
      if (points.size() > FIRST) {
        smallest = Math.min(smallest, loss);
      }
      done = points.size() == steps || loss > DIVERGED * smallest;
    }
  }
}
