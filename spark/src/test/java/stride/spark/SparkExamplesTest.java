package stride.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import py4j.reflection.ReflectionEngine;
import stride.distributed.TcpExchange;
import stride.network.Model;
import stride.zoo.Zoo;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/** The programs of examples/spark do what they say, started as examples/README.md tells it. */
@Timeout(240)
final class SparkExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "examples", "spark");
  private static final int SCREEN = 60;

  /** A class of each jar that a cluster does not have. */
  private static final List<Class<?>> SHIPPED =
      List.of(
          StrideClassifier.class,
          Model.class,
          TcpExchange.class,
          Zoo.class,
          JSON.class,
          JacksonException.class);

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

  private static Path place(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  private static void run(String tool, String... arguments) {
    int status = ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, arguments);
    assertEquals(0, status, tool);
  }

  private Path jar(String name, Path classes) {
    var jar = folder.resolve(name);
    run("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
    return jar;
  }

  /** The jars that a cluster does not have; a module that is not packed yet is packed here. */
  private String shipped() {
    return SHIPPED.stream()
        .map(SparkExamplesTest::place)
        .map(at -> Files.isDirectory(at) ? jar("stride-" + at.hashCode() + ".jar", at) : at)
        .map(Path::toString)
        .collect(Collectors.joining(","));
  }

  /** What a cluster has: the class path without Stride, what it depends on, and the tests. */
  private static String cluster() {
    var others =
        Stream.concat(SHIPPED.stream(), Stream.of(SparkExamplesTest.class))
            .map(SparkExamplesTest::place)
            .toList();
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !others.contains(Path.of(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void theJavaProgramIsSubmittedWithTheJarsItNeedsAndLearns() throws Exception {
    var source = EXAMPLES.resolve("TrainOnSpark.java");
    assertTrue(Files.readAllLines(source).size() <= SCREEN, "it is longer than a screen");
    var classes = folder.resolve("classes").toString();
    var classPath = System.getProperty("java.class.path");
    run("javac", "-proc:none", "-cp", classPath, "-d", classes, source.toString());
    var command = SparkProcesses.java(cluster());
    command.addAll(
        List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", "--jars"));
    command.add(shipped());
    command.addAll(List.of("--conf", "spark.ui.enabled=false", "--class", "TrainOnSpark"));
    command.add(jar("train-on-spark.jar", Path.of(classes)).toString());
    command.addAll(arguments());
    var log = folder.resolve("log");
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int status = process.waitFor();
    String said = Files.readString(log);
    assertEquals(0, status, said);
    assertTrue(Pattern.compile("accuracy: [01][.,]\\d{3}").matcher(said).find(), said);
    var trained = Model.load(folder.resolve("output/model/model.safetensors"));
    assertEquals(List.of("cat", "cow", "dog"), trained.labels());
  }

  /** Every setter that the program in Python calls is found by the bridge that PySpark uses. */
  @Test
  void thePythonProgramSetsWhatThereIs() throws IOException {
    String text = Files.readString(EXAMPLES.resolve("train_on_spark.py"));
    assertTrue(text.lines().count() <= 12, "it has more than ten lines and a title");
    var bridge = new ReflectionEngine();
    Object stage = new StrideClassifier();
    var called = Pattern.compile("\\.(set\\w+)\\((int\\(\\w+\\)|[^()]*)\\)").matcher(text);
    var set = new ArrayList<String>();
    while (called.find()) {
      Object[] values = {value(called.group(2))};
      stage = bridge.invoke(stage, bridge.getMethod(stage, called.group(1), values), values);
      set.add(called.group(1));
    }
    assertEquals(Pattern.compile("\\.set[A-Z]").matcher(text).results().count(), set.size());
    assertTrue(set.containsAll(List.of("setNetwork", "setInputCol", "setRanks")), text);
    var estimator = assertInstanceOf(StrideClassifier.class, stage);
    assertEquals("path", estimator.getOrDefault(estimator.inputCol()));
  }

  /** The value of an expression of Python's as Java receives it; names hold text. */
  private static Object value(String expression) {
    if (expression.startsWith("int(")) {
      return 2;
    }
    if (expression.matches("\\d+")) {
      return Integer.valueOf(expression);
    }
    if (expression.matches("\\d+\\.\\d+")) {
      return Double.valueOf(expression);
    }
    return expression.replace("\"", "");
  }
}
