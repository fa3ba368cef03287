package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.Trainer;

/**
 * An executor dies or hangs in the middle of a training, which ends with the bits of one process.
 */
@Tag("slow")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LostExecutorTest {
  private static final int RANKS = 4;

  private SparkSession spark;
  private Path folder;
  private Path traps;
  private DrawnPictures pictures;

  @BeforeAll
  void start(@TempDir Path shared) throws IOException {
    folder = shared;
    traps = Files.createDirectory(folder.resolve("traps"));
    pictures = DrawnPictures.draw(folder.resolve("pictures"), 27);
    SmallNetworks.normalized().save(folder.resolve("network.safetensors"));
    // Workers look for Spark's jars here; they are on the class path already.
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    spark =
        SparkSession.builder()
            .master("local-cluster[2,2,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.heartbeatInterval", "2s")
            .config("spark.network.timeout", "12s")
            .config("spark.network.timeoutInterval", "3s")
            .config("spark.hadoop.fs.trap.impl", TrapFileSystem.class.getName())
            .config("spark.hadoop." + TrapFileSystem.FOLDER, traps.toString())
            .getOrCreate();
  }

  @AfterAll
  void stop() {
    spark.stop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"step", "exchange", "checkpoint", "stop"})
  void theTrainingGoesOnWithTheSameBits(String trap) throws IOException {
    var network = SmallNetworks.normalized();
    int seed = trap.hashCode();
    var expected =
        Trainer.of(network.network())
            .optimizer(Optimizer.sgd(0.05).momentum(0.9))
            .schedule(Schedule.cosine())
            .ranks(RANKS)
            .batch(2)
            .epochs(3)
            .seed(seed)
            .fit(pictures.listed(network.preprocessing()));
    var file = Files.createFile(traps.resolve(trap));
    var model =
        new StrideClassifier()
            .setNetwork(folder.resolve("network.safetensors").toString())
            .setInputCol("path")
            .setRanks(RANKS)
            .setBatchSize(2)
            .setEpochs(3)
            .setSeed(seed)
            .setOptimizer("sgd")
            .setLearningRate(0.05)
            .setSchedule("cosine")
            .setTimeout(4)
            .setCheckpointDir("trap:" + folder.resolve("checkpoints"))
            .setCheckpointInterval(2)
            .fit(pictures.paths(spark, "trap"))
            .model();
    assertFalse(Files.exists(file), "no executor was lost");
    assertArrayEquals(expected.weights().values(), model.weights().values());
    assertArrayEquals(expected.weights().statistics(), model.weights().statistics());
  }
}
