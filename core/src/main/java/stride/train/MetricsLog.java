package stride.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import stride.format.AtomicFiles;
import stride.format.FileException;
import tools.jackson.jr.ob.JSON;

/**
 * Appends one line of JSON an epoch to a file; a resumed training first cuts it back to its
 * checkpoint.
 */
public final class MetricsLog implements Callback {
  private final Path file;

  public MetricsLog(Path file) {
    this.file = file;
  }

  /**
   * Keeps the lines of the epochs that are done; a line that a kill cut short goes with the others.
   */
  @Override
  public void begin(Progress progress) throws IOException {
    List<String> lines =
        Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    var kept = lines.subList(0, Math.min(lines.size(), progress.epoch()));
    AtomicFiles.write(
        file,
        out -> {
          for (String line : kept) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  @Override
  public void epoch(EpochResult result) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("epoch", result.epoch());
    json.put("loss", result.loss());
    json.put("accuracy", result.accuracy());
    json.put("learning_rate", result.learningRate());
    var test = result.test();
    if (test != null) {
      json.put("test_loss", test.loss());
      json.put("test_accuracy", test.top1());
      json.put("test_top5", test.top5());
      json.put("test_images", test.images());
    }
    json.put("seconds", result.seconds());
    json.put("images_per_second", result.samples() / Math.max(result.seconds(), 1e-9));
    byte[] line = (JSON.std.asString(json) + "\n").getBytes(StandardCharsets.UTF_8);
    try (var out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      out.write(java.nio.ByteBuffer.wrap(line));
      out.force(true);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }
}
