package stride.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FormatException;

class MetricsTest {
  @TempDir Path temp;

  private Metrics metrics(String lines) throws IOException {
    return Metrics.read(Files.writeString(temp.resolve("metrics.jsonl"), lines));
  }

  /** The model that is kept is that of the epoch which is called the best. */
  @Test
  void ofEpochsWithAsManyRightTheOneWithTheSmallestLossIsTheBest() throws IOException {
    var lines = new StringBuilder();
    double[][] tests = {{0.8, 0.5}, {0.9, 0.4}, {0.9, 0.3}, {0.9, 0.35}};
    for (var test : tests) {
      lines.append(
          "{\"loss\": 1, \"test_accuracy\": %s, \"test_loss\": %s}\n".formatted(test[0], test[1]));
    }
    var metrics = metrics(lines + "{\"loss\": 1, \"te");
    assertEquals(4, metrics.epochs().size(), "without the line that is being written");
    assertEquals(3, metrics.best().orElseThrow().number());
  }

  @Test
  void whereNothingIsRightOrWrongTheSmallestLossOfTheTestIsTheBest() throws IOException {
    var metrics =
        metrics(
            """
            {"loss": 3, "mean_absolute_error": 0.5, "test_loss": 2, "test_mean_absolute_error": 0.4}
            {"loss": 2, "mean_absolute_error": 0.4, "test_loss": 1, "test_mean_absolute_error": 0.6}
            {"loss": 1, "mean_absolute_error": 0.3, "test_loss": 3, "test_mean_absolute_error": 0.5}
            """);
    assertEquals(2, metrics.best().orElseThrow().number());
    assertEquals(List.of("mean_absolute_error"), metrics.testNames());
    String table = EpochTable.of(metrics);
    assertTrue(table.lines().findFirst().orElseThrow().contains("test mean absolute error"), table);
    assertTrue(table.contains("0.6000"), table);
  }

  @Test
  void withoutATestNoEpochIsTheBest() throws IOException {
    assertTrue(metrics("{\"loss\": 3, \"accuracy\": 0.5}\n").best().isEmpty());
    assertTrue(metrics("").best().isEmpty());
    assertTrue(Metrics.read(temp.resolve("none.jsonl")).last().isEmpty());
  }

  @Test
  void metricsHaveTheirNamesAndNothingElseIsOne() throws IOException {
    var epoch =
        metrics(
                """
                {"epoch": 1, "loss": 0.5, "accuracy": 0.2, "label_accuracy": 0.8, \
                "learning_rate": 0.1, "test_loss": 0.6, "test_accuracy": 0.25, \
                "test_label_accuracy": 0.75, "test_images": 40, "seconds": 2, \
                "images_per_second": 50}
                """)
            .last()
            .orElseThrow();
    assertEquals(Map.of("accuracy", 0.2, "label_accuracy", 0.8), epoch.training().metrics());
    assertEquals(Map.of("accuracy", 0.25, "label_accuracy", 0.75), epoch.test().metrics());
    assertEquals(0.6, epoch.test().loss());
    assertEquals(40, epoch.testImages());
    assertEquals(Double.NaN, epoch.test().metric("top5"), "it was not measured");
    String table = EpochTable.of(new Metrics(List.of(epoch)));
    assertEquals(
        List.of(
            "epoch",
            "loss",
            "right",
            "labels right",
            "test loss",
            "test right",
            "test labels right",
            "time"),
        List.of(table.lines().findFirst().orElseThrow().strip().split(" {2,}")));
    assertTrue(table.contains("75.00 %"), table);
  }

  @Test
  void anAccuracyThatIsNoNumberIsNotMeasured() throws IOException {
    var epoch = metrics("{\"loss\": \"NaN\", \"test_accuracy\": \"NaN\"}\n").last().orElseThrow();
    assertEquals(Double.NaN, epoch.training().loss());
    assertEquals(Double.NaN, epoch.test().accuracy());
  }

  @Test
  void timesAreAddedUp() throws IOException {
    var metrics =
        metrics(
            """
            {"seconds": 2, "images_per_second": 50}
            {"seconds": 6, "images_per_second": 10}
            """);
    assertEquals(8, metrics.seconds());
    assertEquals(20, metrics.imagesPerSecond());
    assertEquals(0, metrics("{\"loss\": 1}\n").imagesPerSecond());
  }

  @Test
  void aDamagedLineIsNamed() throws IOException {
    var failure = assertThrows(FormatException.class, () -> metrics("{\"loss\": 1}\n{\"lo\n"));
    assertTrue(failure.getMessage().endsWith("metrics.jsonl: line 2 is not a JSON object"));
    assertThrows(FormatException.class, () -> metrics("[1]\n"));
  }
}
