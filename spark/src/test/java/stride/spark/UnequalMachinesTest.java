package stride.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import stride.kernel.Kernels;

/** Machines on which bits would differ do not train together. */
@Tag("slow")
@Timeout(240)
final class UnequalMachinesTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Path JVMS = Path.of("/usr/lib/jvm");

  @TempDir Path folder;

  @Test
  void theNarrowestOfAllIsNamed() {
    var wide = new Machine("a", "25", "vector, 512 bits");
    var half = new Machine("b", "25", "vector, 256 bits");
    var narrow = new Machine("c", "25", "vector, 128 bits");
    assertNull(Machine.difference(List.of(wide, wide)));
    assertEquals(
        "the executor on b computes with kernels vector, 256 bits, that on a with vector, 512"
            + " bits: the bits would differ; start the application with"
            + " spark.executor.extraJavaOptions=-XX:MaxVectorSize=16, which gives all executors the"
            + " narrowest",
        Machine.difference(List.of(wide, half, narrow)));
    assertEquals(
        "the executor on d runs Java 26, that on a 25: the bits would differ, all executors need"
            + " the same JDK",
        Machine.difference(List.of(wide, half, new Machine("d", "26", "vector, 512 bits"))));
    assertEquals(wide, Machine.of(wide.line()));
  }

  @Test
  void olderVersionsOfJavaAreFound() {
    assertNull(ClusterChecks.older(List.of("25.0.3", "25", "26-ea")));
    assertEquals("1.8.0_402", ClusterChecks.older(List.of("25.0.3", "1.8.0_402")));
    assertEquals("17.0.19", ClusterChecks.older(List.of("17.0.19", "25.0.3")));
    assertEquals("24.0.2", ClusterChecks.older(List.of("24.0.2")));
  }

  /** Two executors, the second of which has other vectors than this JVM. */
  @Test
  void otherVectorsAreRefusedSoon() throws IOException, InterruptedException {
    boolean narrowest = List.of("scalar", "vector, 128 bits").contains(Kernels.best().name());
    String option = narrowest ? "-Dstride.kernels=scalar" : "-XX:MaxVectorSize=16";
    assumeTrue(!Kernels.best().name().equals("scalar"), "this JVM computes without vectors");
    String said = refusal(Map.of("JAVA_TOOL_OPTIONS", option));
    assertTrue(said.contains(Kernels.best().name()), said);
    assertTrue(
        said.endsWith(
            "the bits would differ; start the application with spark.executor.extraJavaOptions="
                + option
                + ", which gives all executors the narrowest"),
        said);
  }

  @Test
  void anOlderJdkIsRefusedSoon() throws IOException, InterruptedException {
    var old = olderJdk();
    assumeTrue(old.isPresent(), "there is no JDK 17 or 21 in " + JVMS);
    String said = refusal(Map.of("JAVA_HOME", old.get().toString()));
    assertTrue(said.startsWith("an executor runs Java "), said);
    assertTrue(
        said.endsWith(
            ": Stride needs a JDK 25 on every machine (spark.executorEnv.JAVA_HOME, or JAVA_HOME"
                + " of the worker, says which is used)"),
        said);
  }

  /** A JDK that runs Spark, but not Stride. */
  private static Optional<Path> olderJdk() throws IOException {
    if (!Files.isDirectory(JVMS)) {
      return Optional.empty();
    }
    try (var all = Files.list(JVMS)) {
      return all.filter(jdk -> jdk.getFileName().toString().matches("java-(17|21)-.*"))
          .filter(jdk -> Files.isExecutable(jdk.resolve("bin/java")))
          .findFirst();
    }
  }

  /** What a training on two workers says, the second of which has an environment of its own. */
  private String refusal(Map<String, String> environment) throws IOException, InterruptedException {
    var pictures = DrawnPictures.draw(folder.resolve("pictures"), 9);
    var network = folder.resolve("network.safetensors");
    SmallNetworks.lenet().save(network);
    try (var cluster = new SparkProcesses(folder, List.of(Map.of(), environment));
        var spark =
            SparkSession.builder()
                .master(cluster.url())
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.memory", "512m")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .getOrCreate()) {
      var table = pictures.paths(spark, "file");
      var estimator =
          new StrideClassifier()
              .setNetwork(network.toString())
              .setInputCol("path")
              .setRanks(2)
              .setBatchSize(2)
              .setEpochs(1);
      // How long executors take to start, and to load classes for the first time, is not counted.
      var checks = new ClusterChecks((org.apache.spark.sql.classic.SparkSession) spark);
      while (checks.slots() < 2) {
        Thread.sleep(100);
      }
      var _ = assertThrows(IllegalStateException.class, () -> estimator.fit(table));
      long start = System.nanoTime();
      var e = assertThrows(IllegalStateException.class, () -> estimator.fit(table));
      long took = System.nanoTime() - start;
      assertTrue(took < SOON.toNanos(), () -> "it took %.1f s".formatted(took * 1e-9));
      return e.getMessage();
    }
  }
}
