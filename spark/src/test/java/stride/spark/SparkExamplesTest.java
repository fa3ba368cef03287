package stride.spark;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
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

  /** A folder with PySpark in python/ and Py4J in python/lib, as in a distribution of Spark. */
  private static final String PYSPARK_HOME = "STRIDE_PYSPARK_HOME";

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

  /** What a program says that is submitted with the jars and the arguments that both take. */
  private String submit(Map<String, String> environment, String... program) throws Exception {
    var command = SparkProcesses.java(cluster());
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"));
    command.addAll(List.of("--conf", "spark.ui.enabled=false", "--jars", shipped()));
    command.addAll(List.of(program));
    command.addAll(arguments());
    var log = folder.resolve("log");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    String said = Files.readString(log);
    assertEquals(0, status, said);
    return said;
  }

  @Test
  void theJavaProgramIsSubmittedWithTheJarsItNeedsAndLearns() throws Exception {
    var source = EXAMPLES.resolve("TrainOnSpark.java");
    assertTrue(Files.readAllLines(source).size() <= SCREEN, "it is longer than a screen");
    var classes = folder.resolve("classes").toString();
    var classPath = System.getProperty("java.class.path");
    run("javac", "-proc:none", "-cp", classPath, "-d", classes, source.toString());
    var jar = jar("train-on-spark.jar", Path.of(classes)).toString();
    String said = submit(Map.of(), "--class", "TrainOnSpark", jar);
    assertTrue(Pattern.compile("accuracy: [01][.,]\\d{3}").matcher(said).find(), said);
    var trained = Model.load(folder.resolve("output/model/model.safetensors"));
    assertEquals(List.of("cat", "cow", "dog"), trained.labels());
  }

  @Test
  void thePythonProgramIsSubmittedLearnsAndShowsItsAnswers() throws Exception {
    var python = pySpark();
    assumeTrue(
        !python.isEmpty() || versionOfPySpark().startsWith("4."),
        "python3 has no PySpark 4: install it, or name a folder with Spark's python/ in "
            + PYSPARK_HOME);
    String said = submit(python, EXAMPLES.resolve("train_on_spark.py").toString());
    var answer = Pattern.compile("/val/(cat|cow|dog)/\\d\\d\\.png *\\| *(cat|cow|dog)");
    assertEquals(9, answer.matcher(said).results().count(), said);
    var trained = Model.load(folder.resolve("output/model.safetensors"));
    assertEquals(List.of("cat", "cow", "dog"), trained.labels());
  }

  /** Where python3 finds PySpark, beside its own packages; nothing where no folder is named. */
  private static Map<String, String> pySpark() throws IOException {
    String home = System.getenv(PYSPARK_HOME);
    if (home == null) {
      return Map.of();
    }
    var python = Path.of(home, "python");
    try (var zips = Files.newDirectoryStream(python.resolve("lib"), "py4j-*-src.zip")) {
      var places = new StringJoiner(File.pathSeparator).add(python.toString());
      zips.forEach(zip -> places.add(zip.toString()));
      return Map.of("PYTHONPATH", places.toString());
    }
  }

  /** {@return the version of python3's own PySpark, empty where there is none} */
  private static String versionOfPySpark() {
    var builder = new ProcessBuilder("python3", "-c", "import pyspark; print(pyspark.__version__)");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try (var version = builder.start().inputReader(UTF_8)) {
      return version.readAllAsString().strip();
    } catch (IOException noPython) {
      return "";
    }
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
