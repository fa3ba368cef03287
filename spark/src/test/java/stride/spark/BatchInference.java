package stride.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import stride.engine.Engine;
import stride.image.Image;
import stride.network.Model;

/**
 * Measures how fast a cluster of two workers with one core each classifies pictures, beside two
 * processes of one thread that do nothing else, and how much memory its executors take after the
 * first pictures, and after all. {@code bench/inference} runs it: {@code BatchInference MODEL
 * FOLDER ALONE CLUSTER}, with the numbers of pictures; those of the folder are repeated.
 */
final class BatchInference {
  static final int BATCH = 16;

  /** Pictures of each process and of each executor before time counts: their code is compiled. */
  private static final int WARM_UP = 1000;

  /**
   * So many that it costs little if one executor has a partition more to do than the other, as in
   * the tables of files that Spark reads.
   */
  private static final int PARTITIONS = 64;

  private BatchInference() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("alone")) {
      System.out.println(
          alone(
              Path.of(arguments[1]),
              files(arguments[2], WARM_UP + Integer.parseInt(arguments[3]))));
      return;
    }
    int cluster = Integer.parseInt(arguments[3]);
    double before = twoProcesses(arguments);
    double there;
    var folder = Files.createTempDirectory("stride-batch");
    try (var spark = session(folder)) {
      cluster(spark.session, arguments[0], files(arguments[1], 2 * WARM_UP));
      there = cluster(spark.session, arguments[0], files(arguments[1], cluster));
    } finally {
      TemporaryFolder.delete(folder);
    }
    // Before and after: a machine whose speed drifts is as fast for both on average.
    double rate = (before + twoProcesses(arguments)) / 2;
    System.out.printf(
        "cluster: %.1f pictures/s, %.3f of what two processes reach%n", there, there / rate);
    System.exit(0);
  }

  private static double twoProcesses(String[] arguments) throws IOException {
    var processes = new ArrayList<Process>();
    for (int i = 0; i < 2; i++) {
      processes.add(fork(arguments, Integer.parseInt(arguments[2])));
    }
    double rate = 0;
    for (var process : processes) {
      rate += Double.parseDouble(new String(process.getInputStream().readAllBytes()).strip());
    }
    System.out.printf("two processes: %.1f pictures/s%n", rate);
    return rate;
  }

  /** The pictures of a folder, again and again. */
  static List<String> files(String folder, int count) throws IOException {
    try (var found = Files.walk(Path.of(folder))) {
      var files = found.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
      return IntStream.range(0, count).mapToObj(i -> files.get(i % files.size())).toList();
    }
  }

  private static Process fork(String[] arguments, int count) throws IOException {
    var command = SparkProcesses.java(System.getProperty("java.class.path"));
    command.add("-XX:ActiveProcessorCount=1");
    command.add("-Xmx1g");
    command.addAll(
        List.of(
            BatchInference.class.getName(),
            "alone",
            arguments[0],
            arguments[1],
            Integer.toString(count)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static double alone(Path file, List<String> files) throws IOException {
    var model = Model.load(file);
    try (var engine = Engine.withThreads(1)) {
      var classifier = model.classifier(engine);
      long start = 0;
      int done = 0;
      for (int first = 0; first < files.size(); first += BATCH) {
        var images = new ArrayList<Image>();
        for (var picture : files.subList(first, Math.min(files.size(), first + BATCH))) {
          images.add(model.preprocessing().prepare(Path.of(picture)));
        }
        var _ = classifier.classify(images);
        done += images.size();
        if (start == 0 && done >= WARM_UP) {
          start = System.nanoTime();
          done = 0;
        }
      }
      return done / ((System.nanoTime() - start) * 1e-9);
    }
  }

  /** A session and its cluster. */
  private record Session(SparkProcesses cluster, SparkSession session) implements AutoCloseable {
    @Override
    public void close() {
      session.stop();
      cluster.close();
    }
  }

  private static Session session(Path folder) throws IOException {
    var cluster = new SparkProcesses(folder, 2);
    return new Session(
        cluster,
        SparkSession.builder()
            .master(cluster.url())
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.cores", "1")
            .config("spark.executor.memory", "700m")
            .config("spark.executor.extraJavaOptions", "-XX:ActiveProcessorCount=1")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .getOrCreate());
  }

  private static double cluster(SparkSession spark, String model, List<String> files)
      throws IOException {
    long start = System.nanoTime();
    classify(spark, model, files, PARTITIONS);
    double rate = files.size() / ((System.nanoTime() - start) * 1e-9);
    System.out.printf(
        "%,d pictures: %.1f pictures/s; each executor's memory now and at most, heap and all else:"
            + " %s%n",
        files.size(), rate, memory());
    return rate;
  }

  /** Classifies pictures, and forgets the answers. */
  static void classify(SparkSession spark, String model, List<String> files, int partitions) {
    var rows = files.stream().map(RowFactory::create).toList();
    var table =
        spark
            .createDataFrame(rows, new StructType().add("path", DataTypes.StringType))
            .repartition(partitions);
    new StrideImageClassifier()
        .setModel(model)
        .setInputCol("path")
        .setBatchSize(BATCH)
        .transform(table)
        .write()
        .format("noop")
        .mode("overwrite")
        .save();
  }

  /** The memory that each executor has, and the most that it has had so far. */
  private static List<String> memory() throws IOException {
    var all = new ArrayList<String>();
    for (var process : ProcessHandle.allProcesses().toList()) {
      var status = Path.of("/proc", Long.toString(process.pid()), "status");
      var line = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      if (Files.isReadable(line)
          && Files.readString(line).contains("CoarseGrainedExecutorBackend")) {
        var lines = Files.readAllLines(status);
        all.add(value(lines, "VmRSS:") + ", " + value(lines, "VmHWM:"));
      }
    }
    return all;
  }

  private static String value(List<String> lines, String name) {
    return lines.stream()
        .filter(text -> text.startsWith(name))
        .map(text -> text.substring(name.length()).strip())
        .findFirst()
        .orElse("?");
  }
}
