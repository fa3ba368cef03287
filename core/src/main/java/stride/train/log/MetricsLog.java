package stride.train.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Metric;
import stride.train.Progress;

/**
 * Appends one line of JSON per epoch to a file; a resumed training first cuts the file back to its
 * checkpoint. Each {@link Metric} stands under its name, those of the test with the prefix "test_".
 */
public final class MetricsLog implements Callback {
  private final JsonLines file;

  /**
   * Creates a log.
   *
   * @param file the file to append to
   */
  public MetricsLog(Path file) {
    this.file = new JsonLines(file);
  }

  /**
   * Keeps the lines of the epochs that are done; a line cut short by a kill is removed with the
   * others.
   */
  @Override
  public void begin(Progress progress) throws IOException {
    file.cut(progress.epoch());
  }

  @Override
  public void epoch(EpochResult result) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("epoch", result.epoch());
    json.put("loss", result.loss());
    json.putAll(result.metrics());
    json.put("learning_rate", result.learningRate());
    var test = result.test();
    if (test != null) {
      json.put("test_loss", test.loss());
      test.metrics().forEach((name, value) -> json.put("test_" + name, value));
      json.put("test_images", test.images());
    }
    json.put("seconds", result.seconds());
    json.put("images_per_second", result.samples() / Math.max(result.seconds(), 1e-9));
    file.append(json);
  }
}
