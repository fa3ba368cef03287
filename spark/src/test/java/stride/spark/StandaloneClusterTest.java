package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import stride.data.ImageFolder;
import stride.train.FineTuning;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.Trainer;
import stride.zoo.Zoo;

/** Ants and bees are told apart by two workers as by one machine: with the same bits. */
@Tag("slow")
@Timeout(240)
final class StandaloneClusterTest {
  private static final int SEED = 1;
  private static final int EPOCHS = 4;

  @TempDir Path folder;

  private static Path shared(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolveSibling("shared").resolve("data").resolve(name);
      if (Files.exists(found)) {
        return found;
      }
    }
    assumeTrue(false, "skipped: ../shared/data/%s is not there".formatted(name));
    throw new AssertionError("not reached");
  }

  @Test
  void twoWorkersReachWhatOneMachineReaches() throws IOException {
    var data = shared("ants-bees");
    var weights = shared("imagenet/squeezenet1_1.safetensors");
    var squeezenet = Zoo.find("squeezenet1_1");
    var train = ImageFolder.of(data.resolve("train"), squeezenet.preprocessing(squeezenet.input()));
    var test = ImageFolder.of(data.resolve("val"), squeezenet.preprocessing(squeezenet.input()));
    var start = squeezenet.loadWithNewHead(weights, train.labels(), SEED);
    var one =
        Trainer.from(start)
            .optimizer(Optimizer.sgd(0.001).momentum(0.9))
            .schedule(Schedule.oneCycle())
            .fineTuning(FineTuning.HEAD_ONLY.headRate(10))
            .ranks(2)
            .batch(8)
            .epochs(EPOCHS)
            .seed(SEED)
            .fit(train);
    try (var cluster = new SparkProcesses(folder, 2);
        var spark =
            SparkSession.builder()
                .master(cluster.url())
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.cores", "1")
                .config("spark.executor.memory", "1g")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .getOrCreate()) {
      var pictures =
          spark
              .read()
              .format("binaryFile")
              .load(data.resolve("*").resolve("*").toString())
              .selectExpr("path", "element_at(split(path, '/'), -2) as label");
      var model =
          new StrideClassifier()
              .setNetwork("squeezenet1_1")
              .setWeights(weights.toString())
              .setFreeze("backbone")
              .setInputCol("path")
              .setRanks(2)
              .setBatchSize(8)
              .setEpochs(EPOCHS)
              .setSeed(SEED)
              .setOptimizer("sgd")
              .setLearningRate(0.001)
              .setSchedule("one-cycle")
              .fit(pictures.filter(functions.col("path").contains("/train/")));
      assertArrayEquals(one.weights().values(), model.model().weights().values());
      assertEquals(train.labels(), model.labels());
      var answers = model.transform(pictures.filter(functions.col("path").contains("/val/")));
      long right = answers.filter("label = predictedLabel").count();
      double accuracy = right / (double) test.size();
      System.out.printf(
          "ants and bees on two workers: accuracy %.3f of %d pictures%n", accuracy, test.size());
      assertTrue(accuracy > 0.85, "accuracy " + accuracy);
    }
  }
}
