package stride.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTest {
  @TempDir Path temp;

  /** The model that is kept is that of the epoch which is called the best. */
  @Test
  void ofEpochsWithAsManyRightTheOneWithTheSmallestLossIsTheBest() throws IOException {
    var lines = new StringBuilder();
    double[][] tests = {{0.8, 0.5}, {0.9, 0.4}, {0.9, 0.3}, {0.9, 0.35}};
    for (var test : tests) {
      lines.append(
          "{\"loss\": 1, \"test_accuracy\": %s, \"test_loss\": %s}\n".formatted(test[0], test[1]));
    }
    var file = Files.writeString(temp.resolve("metrics.jsonl"), lines + "{\"loss\": 1, \"te");
    var metrics = Metrics.read(file);
    assertEquals(4, metrics.epochs().size(), "without the line that is being written");
    assertEquals(3, metrics.best().orElseThrow().number());
  }
}
