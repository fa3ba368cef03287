package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import stride.format.FileException;
import stride.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * What has come of a run, out of its metrics: it is the same for one that was broken off and went
 * on.
 *
 * @param epochs how many are done
 * @param testAccuracy of the last epoch, in [0, 1]
 * @param testImages how many images that was measured on
 * @param trainLoss of the last epoch
 * @param seconds of training in all epochs, without the tests
 * @param imagesPerSecond of training, on average
 */
public record RunResult(
    int epochs,
    double testAccuracy,
    long testImages,
    double trainLoss,
    double seconds,
    double imagesPerSecond) {

  /** Reads the file that {@link stride.train.log.MetricsLog} writes. */
  static RunResult read(Path file) throws IOException {
    int epochs = 0;
    double accuracy = 0;
    long testImages = 0;
    double loss = 0;
    double seconds = 0;
    double images = 0;
    try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Map<String, Object> epoch = JSON.std.mapFrom(line);
        epochs++;
        accuracy = number(epoch, "test_accuracy", file, epochs);
        testImages = (long) number(epoch, "test_images", file, epochs);
        loss = number(epoch, "loss", file, epochs);
        double took = number(epoch, "seconds", file, epochs);
        seconds += took;
        images += took * number(epoch, "images_per_second", file, epochs);
      }
    } catch (JacksonException e) {
      throw new FormatException("%s: line %d is not JSON".formatted(file, epochs + 1), e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    return new RunResult(
        epochs, accuracy, testImages, loss, seconds, seconds == 0 ? 0 : images / seconds);
  }

  private static double number(Map<String, Object> epoch, String field, Path file, int line)
      throws FormatException {
    if (epoch.get(field) instanceof Number number) {
      return number.doubleValue();
    }
    throw new FormatException("%s: line %d has no number \"%s\"".formatted(file, line, field));
  }
}
