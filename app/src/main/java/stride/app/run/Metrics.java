package stride.app.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import stride.format.FormatException;

/**
 * The epochs of a run so far, as {@link stride.train.log.MetricsLog} wrote them.
 *
 * @param epochs in order
 */
public record Metrics(List<Epoch> epochs) {
  private static final String TEST = "test_";

  /** Fields that are no metric of the training samples. */
  private static final Set<String> OTHERS =
      Set.of("epoch", "loss", "learning_rate", "seconds", "images_per_second");

  public Metrics {
    epochs = List.copyOf(epochs);
  }

  /**
   * One epoch; what was not measured is NaN.
   *
   * @param number counted from 1
   * @param training on the training samples as they were learned from
   * @param test on the test samples; its loss is NaN and its metrics are none without a test
   * @param testImages how many they are, 0 if that is not known
   * @param seconds of training, without the test
   */
  public record Epoch(
      int number,
      Measured training,
      Measured test,
      long testImages,
      double learningRate,
      double seconds,
      double imagesPerSecond) {}

  /**
   * What was measured on some samples.
   *
   * @param loss NaN if it was not measured
   * @param metrics each {@link stride.train.Metric} under its name, in the training's order
   */
  public record Measured(double loss, Map<String, Double> metrics) {
    public Measured {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** Returns a metric; NaN if it was not measured. */
    public double metric(String name) {
      return metrics.getOrDefault(name, Double.NaN);
    }

    /** Returns the part of the samples that is right, in [0, 1]; NaN if it was not measured. */
    public double accuracy() {
      return metric("accuracy");
    }

    private boolean isThere() {
      return !Double.isNaN(loss) || !metrics.isEmpty();
    }
  }

  /**
   * Reads a run's file; a last line that is still being written is left out. No file is no epochs.
   *
   * @throws FormatException if a line is damaged
   */
  public static Metrics read(Path file) throws IOException {
    var epochs = new ArrayList<Epoch>();
    for (var json : JsonLines.read(file)) {
      epochs.add(epoch(json, epochs.size() + 1));
    }
    return new Metrics(epochs);
  }

  private static Epoch epoch(Map<String, Object> json, int number) {
    var training = new LinkedHashMap<String, Double>();
    var test = new LinkedHashMap<String, Double>();
    json.forEach(
        (name, value) -> {
          if (value instanceof Number measured && !OTHERS.contains(name)) {
            if (name.startsWith(TEST)) {
              test.put(name.substring(TEST.length()), measured.doubleValue());
            } else {
              training.put(name, measured.doubleValue());
            }
          }
        });
    var testLoss = test.remove("loss");
    var testImages = test.remove("images");
    return new Epoch(
        number,
        new Measured(number(json, "loss"), training),
        new Measured(testLoss == null ? Double.NaN : testLoss, test),
        testImages == null ? 0 : testImages.longValue(),
        number(json, "learning_rate"),
        number(json, "seconds"),
        number(json, "images_per_second"));
  }

  private static double number(Map<String, Object> json, String field) {
    return json.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /**
   * Returns the epoch with most of the test's samples right or, of boxes, the highest average
   * precision, or, of several and where that is not measured, with the smallest loss of the test:
   * the one whose model {@link stride.train.BestModel} keeps. Empty without a test.
   */
  public Optional<Epoch> best() {
    return epochs.stream()
        .filter(epoch -> epoch.test().isThere())
        .min(
            Comparator.comparingDouble((Epoch epoch) -> -epoch.test().accuracy())
                .thenComparingDouble(epoch -> -epoch.test().metric("ap"))
                .thenComparingDouble(epoch -> epoch.test().loss()));
  }

  /** Returns the last epoch; empty before the first is done. */
  public Optional<Epoch> last() {
    return epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.getLast());
  }

  /** Returns the names of the metrics of the training samples, in the training's order. */
  public List<String> trainingNames() {
    return names(Epoch::training);
  }

  /** Returns the names of the metrics of the test samples, in the training's order. */
  public List<String> testNames() {
    return names(Epoch::test);
  }

  private List<String> names(Function<Epoch, Measured> part) {
    return epochs.stream()
        .flatMap(epoch -> part.apply(epoch).metrics().keySet().stream())
        .distinct()
        .toList();
  }

  /** Returns one number of every epoch, in order. */
  public double[] each(ToDoubleFunction<Epoch> number) {
    return epochs.stream().mapToDouble(number).toArray();
  }

  /** Returns the seconds of training in all epochs, without the tests. */
  public double seconds() {
    return sum(Epoch::seconds);
  }

  /** Returns how many images a second were trained, on average; 0 if that is not known. */
  public double imagesPerSecond() {
    double seconds = seconds();
    return seconds == 0 ? 0 : sum(epoch -> epoch.seconds() * epoch.imagesPerSecond()) / seconds;
  }

  private double sum(ToDoubleFunction<Epoch> number) {
    return epochs.stream().mapToDouble(number).filter(value -> !Double.isNaN(value)).sum();
  }
}
