package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;
import stride.app.TinyImages;
import stride.app.console.Failures;
import tools.jackson.jr.ob.JSON;

class ExperimentCommandTest {
  private static final int CIFAR_RECORD = 1 + 3 * 32 * 32;

  @TempDir Path temp;

  @Test
  void theDegradationExperimentDrawsErrorsAndGradientsOfItsNetworks() throws Exception {
    noise(temp.resolve("data_batch_1.bin"), 64);
    noise(temp.resolve("test_batch.bin"), 16);
    var out = temp.resolve("out");
    Object[] command = {
      "experiment",
      "degradation",
      "--data-dir",
      temp,
      "--epochs",
      2,
      "--batch",
      32,
      "--networks",
      "resnet20,plain20",
      "--out",
      out,
      "--json"
    };
    var json = Stride.run(command).json();
    var rows = Stride.list(json, "runs");
    assertEquals(
        List.of("plain20", "resnet20"), rows.stream().map(row -> row.get("network")).toList());
    var table = Files.readAllLines(out.resolve("table.md"));
    assertEquals(4, table.size(), table.toString());
    assertTrue(table.getLast().startsWith("| resnet20 | 2 | "), table.toString());
    for (var figure : List.of("error.svg", "gradients.svg")) {
      var svg = Files.readString(out.resolve(figure));
      assertTrue(svg.contains("plain20") && svg.contains("resnet20"), figure);
    }

    // What is finished is not trained again.
    var metrics = Files.getLastModifiedTime(out.resolve("plain20/metrics.jsonl"));
    assertEquals(json, Stride.run(command).json());
    assertEquals(metrics, Files.getLastModifiedTime(out.resolve("plain20/metrics.jsonl")));

    command[5] = 3;
    Stride.run(command).refusesWith("was begun with epochs 2, not 3", "--out");
    command[5] = 2;
    var more = Stream.concat(Arrays.stream(command), Stream.of("--label-smoothing", 0.1)).toArray();
    Stride.run(more).refusesWith("was begun with label_smoothing nothing, not 0.1");
  }

  @Test
  void theActivationsExperimentComparesEightVariantsOfLenet() throws Exception {
    var images = TinyImages.write(temp.resolve("images"), 60, 20);
    var out = temp.resolve("out");
    var json =
        Stride.run(
                "experiment",
                "activations",
                "--data-dir",
                images,
                "--epochs",
                1,
                "--out",
                out,
                "--json")
            .json();
    assertEquals(8, Stride.list(json, "runs").size());
    assertEquals(10, Files.readAllLines(out.resolve("table.md")).size());
  }

  /** Units that saturate bear any rate; sums that do not become no numbers. */
  @Test
  void aTrainingThatDivergesDoesNotKeepTheOthersFromBeingCompared() throws Exception {
    var images = TinyImages.write(temp.resolve("images"), 60, 20);
    var out = temp.resolve("out");
    Object[] command = {
      "experiment",
      "activations",
      "--data-dir",
      images,
      "--epochs",
      1,
      "--batch",
      4,
      "--lr",
      "1e10",
      "--out",
      out,
      "--json",
      "--networks",
      "lenet5-relu-max,lenet5-tanh-avg"
    };
    var run = Stride.run(command);
    assertEquals(Failures.FAILED, run.status(), run::toString);
    var json = JSON.std.mapFrom(run.out());
    assertEquals(List.of("lenet5-relu-max"), json.get("diverged"));
    assertEquals(
        List.of("lenet5-tanh-avg"),
        Stride.list(json, "runs").stream().map(row -> row.get("network")).toList());
    assertTrue(run.err().contains("stride: lenet5-relu-max: the loss became"), run.err());
    assertEquals(3, Files.readAllLines(out.resolve("table.md")).size());
    command[command.length - 1] = "lenet5-relu-max";
    Stride.run(command).failsWith("every training has diverged", "--lr");
  }

  @Test
  void namesWhatIsNoExperimentOrNotInIt() {
    Stride.run("experiment", "depth").refusesWith("depth", "degradation and activations");
    Stride.run("experiment", "degradation", "--networks", "resnet20,resnet32")
        .refusesWith("plain20,plain56,resnet20,resnet56", "resnet32");
  }

  /** Images of the binary form of CIFAR-10, of all classes in turn. */
  private static void noise(Path file, int images) throws IOException {
    var bytes = new byte[images * CIFAR_RECORD];
    new Random(1).nextBytes(bytes);
    for (int i = 0; i < images; i++) {
      bytes[i * CIFAR_RECORD] = (byte) (i % 10);
    }
    Files.write(file, bytes);
  }
}
