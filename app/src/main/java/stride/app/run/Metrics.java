package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import stride.format.FileException;
import stride.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * The epochs of a run so far, as {@link stride.train.log.MetricsLog} wrote them.
 *
 * @param epochs in order
 */
public record Metrics(List<Epoch> epochs) {
  public Metrics {
    epochs = List.copyOf(epochs);
  }

  /**
   * One epoch; what was not measured is NaN.
   *
   * @param number counted from 1
   * @param accuracy on the training images as they were learned from, in [0, 1]
   * @param testAccuracy in [0, 1]
   * @param seconds of training, without the test
   */
  public record Epoch(
      int number,
      double loss,
      double accuracy,
      double learningRate,
      double testLoss,
      double testAccuracy,
      double seconds,
      double imagesPerSecond) {}

  /**
   * Reads a run's file; a last line that is still being written is left out. No file is no epochs.
   *
   * @throws FormatException if a line is damaged
   */
  public static Metrics read(Path file) throws IOException {
    var epochs = new ArrayList<Epoch>();
    if (!Files.exists(file)) {
      return new Metrics(epochs);
    }
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      try {
        epochs.add(epoch(JSON.std.mapFrom(line), epochs.size() + 1));
      } catch (JacksonException e) {
        throw new FormatException("%s: line %d is not JSON".formatted(file, epochs.size() + 1), e);
      }
    }
    return new Metrics(epochs);
  }

  private static Epoch epoch(Map<String, Object> json, int number) {
    return new Epoch(
        number,
        number(json, "loss"),
        number(json, "accuracy"),
        number(json, "learning_rate"),
        number(json, "test_loss"),
        number(json, "test_accuracy"),
        number(json, "seconds"),
        number(json, "images_per_second"));
  }

  private static double number(Map<String, Object> json, String field) {
    return json.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /**
   * The epoch with most of the test's images right or, of several, with the smallest loss of the
   * test: the one whose model {@link stride.train.BestModel} keeps. Empty without a test.
   */
  public Optional<Epoch> best() {
    return epochs.stream()
        .filter(epoch -> !Double.isNaN(epoch.testAccuracy()))
        .min(
            Comparator.comparingDouble((Epoch epoch) -> -epoch.testAccuracy())
                .thenComparingDouble(Epoch::testLoss));
  }

  /** One number of every epoch, in order. */
  public double[] each(ToDoubleFunction<Epoch> number) {
    return epochs.stream().mapToDouble(number).toArray();
  }

  /** Seconds of training in all epochs, without the tests. */
  public double seconds() {
    return epochs.stream().mapToDouble(Epoch::seconds).sum();
  }
}
