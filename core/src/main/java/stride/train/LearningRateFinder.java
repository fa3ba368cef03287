package stride.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import stride.data.Dataset;
import stride.data.Examples;
import stride.data.ImageDataset;

/**
 * The learning-rate range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks",
 * section 3.3): the rate grows exponentially from step to step, while the loss falls, then rises.
 *
 * @param points one point per step, in order; the test ends when the loss is four times the
 *     smallest
 */
public record LearningRateFinder(List<Point> points) {
  /** The factor of the previous smoothed loss in each step. */
  private static final double SMOOTHING = 0.9;

  private static final double DIVERGED = 4;

  /** The number of steps at the beginning whose smoothed losses are of few batches. */
  private static final int FIRST = 5;

  /** A loss below this fraction of the first means that the network has learned all there is. */
  private static final double LEARNED = 0.2;

  /**
   * A smallest loss above this fraction of the first means that the network learned with no rate.
   */
  private static final double NOT_LEARNED = 0.95;

  /** Copies the points. */
  public LearningRateFinder {
    points = List.copyOf(points);
  }

  /**
   * A step of the test.
   *
   * @param rate the learning rate of the step
   * @param loss the smoothed loss: an average of the losses so far in which later ones count more
   */
  public record Point(double rate, double loss) {}

  /**
   * Runs the test; the trainer's schedule and epochs are ignored.
   *
   * @param trainer the settings of the training
   * @param data the images or examples to learn from
   * @param from the first rate, above 0
   * @param to the last one, above {@code from}
   * @param steps the largest number of steps, at least 10
   * @return the points of the test
   * @throws TrainingException if the loss diverges in the first steps
   * @throws IOException if a callback cannot write its file
   */
  public static LearningRateFinder of(
      Trainer trainer, Dataset<?> data, double from, double to, int steps) throws IOException {
    if (!(from > 0 && to > from && to < Double.POSITIVE_INFINITY) || steps < 2 * FIRST) {
      throw new IllegalArgumentException(
          "rates must grow from above 0 in at least %d steps, were %s to %s in %d"
              .formatted(2 * FIRST, from, to, steps));
    }
    var watch = new Watch(steps);
    try {
      var test =
          trainer
              .optimizer(trainer.optimizer.learningRate(from))
              .schedule(new Exponential(to / from, steps))
              .epochs(steps)
              .callback(watch)
              .stopWhen(() -> watch.done);
      if (data instanceof Examples examples) {
        test.fit(examples);
      } else if (data instanceof ImageDataset images) {
        test.fit(images);
      } else {
        throw new IllegalArgumentException(
            "a network learns from images or examples, found " + data);
      }
    } catch (StoppedException | TrainingException e) {
      // The end of the test: all steps are done, or the loss exceeds the limit.
      if (watch.points.size() < 2 * FIRST) {
        throw new TrainingException(
            "the loss diverged after %d steps: begin with a rate below %s (--from)"
                .formatted(watch.points.size(), from));
      }
    }
    return new LearningRateFinder(watch.points);
  }

  /** {@return the rate with the smallest loss} Training diverges with rates a little above it. */
  public double best() {
    var best = points.get(FIRST);
    for (var point : points.subList(FIRST, points.size())) {
      best = point.loss() < best.loss() ? point : best;
    }
    return best.rate();
  }

  /**
   * {@return the highest rate to train with: a tenth of the one with the smallest loss} Empty if
   * the test cannot determine one; {@link #doubt} then says why.
   */
  public OptionalDouble suggested() {
    return doubt().isPresent() ? OptionalDouble.empty() : OptionalDouble.of(best() / 10);
  }

  /**
   * {@return why the test cannot determine a rate; empty if it can} Reasons are that no rate made
   * the loss smaller, that the network had learned the images before the rate in question was
   * tried, so that nothing is known of starting with it, or that the loss never rose.
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
          "the network had already learned the images at %s, so that higher rates could not be judged"
              .formatted(figure(learned.get().rate())));
    }
    return best() == last
        ? Optional.of(
            "the loss was still falling at the last rate, %s: go higher (--to)"
                .formatted(figure(last)))
        : Optional.empty();
  }

  /** Returns one line with the number of steps, the first and the last rate, and the suggestion. */
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
      return "LearningRateFinder of " + steps;
    }
    return "LearningRateFinder of %s: %s"
        .formatted(steps, doubt().orElseGet(() -> "suggests " + figure(suggested().orElseThrow())));
  }

  private static String figure(double number) {
    return String.format(Locale.ROOT, "%.2g", number);
  }

  /**
   * Grows exponentially from 1 to a ratio in a number of steps, whatever the length of the
   * training.
   *
   * @param ratio above 1
   * @param count the number of steps
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
