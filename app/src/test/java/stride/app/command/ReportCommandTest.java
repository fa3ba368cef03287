package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;

/** The page of a run that is not finished. */
final class ReportCommandTest {
  @TempDir private Path folder;

  @Test
  void anUnfinishedRunGivesAPageWithWhatIsThere() throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"network": "lenet5", "data": "<mnist>", "epochs": 3, "batch": 64, "optimizer": "sgd",
         "lr": 0.05, "seed": 1, "stride": "1", "java": "25"}
        """);
    Files.writeString(
        folder.resolve("metrics.jsonl"),
        """
        {"epoch": 1, "loss": 0.5, "accuracy": 0.8, "test_accuracy": 0.9, "seconds": 2.5}
        {"epoch": 2, "loss": 0.25, "accu\
        """);
    var said = Stride.run("report", folder.toString());
    assertEquals(0, said.status(), said.err());
    String page = Files.readString(folder.resolve("report.html"));
    assertTrue(page.contains("1 of 3 epochs in 2.5 s of training"), page);
    assertTrue(page.contains("&lt;mnist&gt;"), "names are escaped");
    assertFalse(page.contains("<mnist>"), "names are escaped");
    assertFalse(page.contains("http:") && page.contains("src=\"http"), "nothing from elsewhere");
  }

  @Test
  void aComparisonShowsTheSettingsThatDifferAndNoOthers() throws Exception {
    for (int seed = 1; seed <= 2; seed++) {
      var run = Files.createDirectory(folder.resolve("seed" + seed));
      Files.writeString(
          run.resolve("config.json"),
          """
          {"network": "lenet5", "data": "mnist", "epochs": 3, "batch": 64, "optimizer": "sgd",
           "lr": 0.05, "seed": %d, "stride": "1", "java": "25"}
          """
              .formatted(seed));
    }
    var out = folder.resolve("compare.html");
    var said =
        Stride.run("compare", folder.resolve("seed1"), folder.resolve("seed2"), "--out", out);
    assertEquals(0, said.status(), said.err());
    String page = Files.readString(out);
    assertTrue(page.contains("<tr><th>seed</th><td>1</td><td>2</td></tr>"), page);
    assertFalse(page.contains("<th>lr</th>"), page);
  }

  /** A run of several labels: all labels right, and of all labels those that are. */
  @Test
  void everyMetricIsShownUnderItsName() throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"network": "lenet5", "data": "table.csv", "epochs": 3, "batch": 64, "optimizer": "sgd",
         "lr": 0.05, "seed": 1, "loss": "bce"}
        """);
    Files.writeString(
        folder.resolve("metrics.jsonl"),
        """
        {"epoch": 1, "loss": 0.5, "accuracy": 0.25, "label_accuracy": 0.8125, "test_loss": 0.6, \
        "test_accuracy": 0.125, "test_label_accuracy": 0.6875, "test_images": 8, "seconds": 2.5}
        """);
    Stride.run("report", folder).succeeds();
    String page = Files.readString(folder.resolve("report.html"));
    assertTrue(page.contains("This training is not finished."), page);
    assertTrue(page.contains(">labels right<"), page);
    assertTrue(page.contains(">68.75 %<"), page);
    var out = folder.resolve("compare.html");
    Stride.run("compare", folder, "--out", out).succeeds();
    page = Files.readString(out);
    assertTrue(page.contains("<th>labels right, test images</th><td>68.75 %</td>"), page);
    assertTrue(page.contains("<th>right, training images</th><td>25.00 %</td>"), page);
    assertTrue(page.contains("<th>end</th><td>not finished</td>"), page);
  }

  @Test
  void aRunThatDivergedSaysWhatEndedIt() throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"network": "lenet5", "data": "mnist", "epochs": 3, "batch": 64, "optimizer": "sgd",
         "lr": 0.05, "seed": 1}
        """);
    Files.writeString(
        folder.resolve("failure.json"), "{\"failure\": \"the loss became NaN in epoch 2\"}\n");
    Stride.run("report", folder).succeeds();
    String page = Files.readString(folder.resolve("report.html"));
    assertTrue(
        page.contains("This training has ended early: the loss became NaN in epoch 2."), page);
    var out = folder.resolve("compare.html");
    Stride.run("compare", folder, "--out", out).succeeds();
    assertTrue(Files.readString(out).contains("the loss became NaN in epoch 2</td>"));
    Files.writeString(folder.resolve("failure.json"), "{}");
    Stride.run("report", folder).failsWith("failure.json", "\"failure\"");
  }
}
