package stride.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import stride.data.ImageDataset;

/**
 * The learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks",
 * section 3.3): the rate grows exponentially from step to step, while the loss falls, then rises.
 *
 * @param points a point a step, in order; the test ends where the loss is four times the smallest
 */
public record LearningRateFinder(List<Point> points) {
  /** How much of the smoothed loss stays in a step. */
  private static final double SMOOTHING = 0.9;

  private static final double DIVERGED = 4;

  /** Steps at the beginning whose smoothed losses are of few batches. */
  private static final int FIRST = 5;

  /** A loss below this part of the first says that the network has learned what there is. */
  private static final double LEARNED = 0.2;

  /** A smallest loss above this part of the first says that no rate has taught it anything. */
  private static final double NOT_LEARNED = 0.95;

  public LearningRateFinder {
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
   * @throws TrainingException if the loss diverges in the first steps
   */
  public static LearningRateFinder of(
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
            "the loss diverged after %d steps: begin with a rate below %s (--from)"
                .formatted(watch.points.size(), from));
      }
    }
    return new LearningRateFinder(watch.points);
  }

  /** The rate with the smallest loss: a little more, and training diverges. */
  public double best() {
    var best = points.get(FIRST);
    for (var point : points.subList(FIRST, points.size())) {
      best = point.loss() < best.loss() ? point : best;
    }
    return best.rate();
  }

  /**
   * The highest rate to train with: a tenth of the one with the smallest loss. Empty if the test
   * cannot tell, and {@link #doubt} why.
   */
  public OptionalDouble suggested() {
    return doubt().isPresent() ? OptionalDouble.empty() : OptionalDouble.of(best() / 10);
  }

  /**
   * Why the test cannot tell a rate: no rate made the loss smaller, the network had learned the
   * images before the rate in question was tried, so that nothing is known of beginning with it, or
   * the loss never rose. Empty if it can.
   */
  public Optional<String> doubt() {
    double first = points.get(FIRST).loss();
    double smallest = points.stream().skip(FIRST).mapToDouble(Point::loss).min().orElseThrow();
    double last = points.getLast().rate();
    if (smallest > NOT_LEARNED * first) {
      return Optional.of(
          "the loss was %s at first and became no smaller than %s, with no rate from %s to %s"
              .formatted(
                  figure(first), figure(smallest), figure(points.getFirst().rate()), figure(last)));
    }
    var learned =
        points.stream()
            .skip(FIRST)
            .filter(point -> point.rate() <= best() / 10 && point.loss() < LEARNED * first)
            .findFirst();
    if (learned.isPresent()) {
      return Optional.of(
          "the network had learned them by heart at %s, so that higher rates had nothing left to spoil"
              .formatted(figure(learned.get().rate())));
    }
    return best() == last
        ? Optional.of(
            "the loss was still falling at the last rate, %s: go higher (--to)"
                .formatted(figure(last)))
        : Optional.empty();
  }

  /** One line: how many steps there were, from which rate to which, and what they suggest. */
  @Override
  public String toString() {
    String steps =
        points.isEmpty()
            ? "no steps"
            : "%d %s from %s to %s"
                .formatted(
                    points.size(),
                    points.size() == 1 ? "step" : "steps",
                    figure(points.getFirst().rate()),
                    figure(points.getLast().rate()));
    if (points.size() <= FIRST) {
      return "LearningRateTest of " + steps;
    }
    return "LearningRateTest of %s: %s"
        .formatted(steps, doubt().orElseGet(() -> "suggests " + figure(suggested().orElseThrow())));
  }

  private static String figure(double number) {
    return String.format(Locale.ROOT, "%.2g", number);
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
