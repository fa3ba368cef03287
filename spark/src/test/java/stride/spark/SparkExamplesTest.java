package stride.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of examples/spark do what they say. */
@Tag("slow")
@Timeout(240)
final class SparkExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples", "spark");
  private static final int SCREEN = 60;

  @TempDir Path folder;

  /** Pictures to learn from and to measure with, and a network with weights. */
  private List<String> arguments() throws IOException {
    DrawnPictures.draw(folder.resolve("pictures").resolve("train"), 27);
    DrawnPictures.draw(folder.resolve("pictures").resolve("val"), 9);
    var network = folder.resolve("network.safetensors");
    SmallNetworks.normalized().save(network);
    return List.of(
        folder.resolve("pictures").toString(),
        network.toString(),
        network.toString(),
        "2",
        folder.resolve("output").toString());
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    var log = folder.resolve("log");
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int status = process.waitFor();
    String said = Files.readString(log);
    assertEquals(0, status, said);
    return said;
  }

  @Test
  void theJavaProgramFitsOnAScreenAndLearns() throws Exception {
    var source = EXAMPLES.resolve("TrainOnSpark.java");
    assertTrue(Files.readAllLines(source).size() <= SCREEN, "it is longer than a screen");
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    SparkProcesses.addOptions(command);
    command.add("-Dspark.master=local[2]");
    command.add("-Dspark.ui.enabled=false");
    command.add(source.toString());
    command.addAll(arguments());
    String said = run(command);
    assertTrue(Pattern.compile("accuracy: [01]\\.\\d{3}").matcher(said).find(), said);
    assertTrue(Files.exists(folder.resolve("output/model/model.safetensors")));
  }

  /** Every method that the program in Python calls on a stage is there. */
  @Test
  void thePythonProgramCallsWhatThereIs() throws IOException {
    var source = EXAMPLES.resolve("train_on_spark.py");
    String text = Files.readString(source);
    assertTrue(text.lines().count() <= 12, "it has more than ten lines and a title");
    Set<String> methods =
        Stream.of(StrideClassifier.class.getMethods())
            .map(java.lang.reflect.Method::getName)
            .collect(Collectors.toSet());
    var called = Pattern.compile("\\.(set\\w+)\\(").matcher(text);
    int calls = 0;
    while (called.find()) {
      assertTrue(methods.contains(called.group(1)), called.group(1));
      calls++;
    }
    assertTrue(calls > 5, text);
  }

  @Test
  void thePythonProgramLearns() throws Exception {
    var check =
        new ProcessBuilder("python3", "-c", "import pyspark; print(pyspark.__version__)")
            .redirectErrorStream(true)
            .start();
    String version = new String(check.getInputStream().readAllBytes()).strip();
    assumeTrue(
        check.waitFor() == 0,
        "skipped: python3 has no pyspark, which neither Debian nor Maven has: " + version);
    var command = new ArrayList<String>();
    command.add("python3");
    command.add(EXAMPLES.resolve("train_on_spark.py").toString());
    command.addAll(arguments());
    var log = folder.resolve("log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .put(
            "PYSPARK_SUBMIT_ARGS",
            "--master local[2] --driver-class-path %s pyspark-shell"
                .formatted(System.getProperty("java.class.path")));
    assertEquals(0, builder.start().waitFor(), () -> said(log));
    assertTrue(said(log).contains("predictedLabel"), said(log));
  }

  private static String said(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
