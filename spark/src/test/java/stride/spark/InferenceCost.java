package stride.spark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import stride.engine.Engine;
import stride.image.Image;
import stride.network.Model;

/**
 * Measures what Spark's way of classifying a picture costs beside Stride's own: the processor time
 * of the one task that runs, and that of a loop, in turn in one JVM, so that a machine with other
 * work compares them as well. Run by hand: {@code InferenceCost MODEL FOLDER PICTURES ROUNDS}.
 */
final class InferenceCost {
  private static final int BATCH = BatchInference.BATCH;

  private InferenceCost() {}

  public static void main(String[] arguments) throws Exception {
    var files = BatchInference.files(arguments[1], Integer.parseInt(arguments[2]));
    int rounds = Integer.parseInt(arguments[3]);
    var taskNanos = new AtomicLong();
    try (var spark =
            SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", "false")
                .config("spark.executor.cores", "1")
                .getOrCreate();
        var engine = Engine.withThreads(1)) {
      spark
          .sparkContext()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                  taskNanos.addAndGet(end.taskMetrics().executorCpuTime());
                }
              });
      var model = Model.load(Path.of(arguments[0]));
      var ratios = new ArrayList<Double>();
      // The first round warms up.
      for (int round = 0; round <= rounds; round++) {
        double alone = alone(model, engine, files);
        taskNanos.set(0);
        BatchInference.classify(spark, arguments[0], files, 1);
        spark.sparkContext().listenerBus().waitUntilEmpty();
        double task = taskNanos.get() * 1e-6 / files.size();
        System.out.printf(
            "%s: alone %.2f ms of processor time a picture, in a task %.2f ms: %.3f of the rate%n",
            round == 0 ? "warm-up" : "round " + round, alone, task, alone / task);
        if (round > 0) {
          ratios.add(alone / task);
        }
      }
      Collections.sort(ratios);
      System.out.printf("median: %.3f of the rate%n", ratios.get(ratios.size() / 2));
    }
    System.exit(0);
  }

  /** The milliseconds of processor time that a loop takes for each picture. */
  private static double alone(Model model, Engine engine, List<String> files) throws IOException {
    var threads = ManagementFactory.getThreadMXBean();
    var classifier = model.classifier(engine);
    long start = threads.getCurrentThreadCpuTime();
    for (int first = 0; first < files.size(); first += BATCH) {
      var images = new ArrayList<Image>();
      for (var picture : files.subList(first, Math.min(files.size(), first + BATCH))) {
        images.add(model.preprocessing().prepare(Path.of(picture)));
      }
      var _ = classifier.classify(images);
    }
    return (threads.getCurrentThreadCpuTime() - start) * 1e-6 / files.size();
  }
}
