package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.ImageDataset;
import stride.data.augment.AugmentationPreset;
import stride.network.Model;
import stride.train.FineTuning;
import stride.train.Optimizer;
import stride.train.Schedule;
import stride.train.Trainer;

/** Trainings by Spark's tasks have the bits of one process that computes all ranks itself. */
@Tag("slow")
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StrideClassifierTest {
  private static final int RANKS = 4;
  private static final int BATCH = 2;
  private static final int EPOCHS = 2;
  private static final int PICTURES = 27;

  private SparkSession spark;
  private Path folder;
  private DrawnPictures pictures;
  private Path lenet;
  private Path normalized;

  @BeforeAll
  void start(@TempDir Path shared) throws IOException {
    folder = shared;
    spark =
        SparkSession.builder()
            .master("local[4]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    pictures = DrawnPictures.draw(folder.resolve("pictures"), PICTURES);
    lenet = folder.resolve("lenet.safetensors");
    SmallNetworks.lenet().save(lenet);
    normalized = folder.resolve("normalized.safetensors");
    SmallNetworks.normalized().save(normalized);
  }

  @AfterAll
  void stop() {
    spark.stop();
  }

  private StrideClassifier estimator(Path network) {
    return new StrideClassifier()
        .setNetwork(network.toString())
        .setInputCol("path")
        .setRanks(RANKS)
        .setBatchSize(BATCH)
        .setEpochs(EPOCHS)
        .setSeed(3)
        .setOptimizer("sgd")
        .setLearningRate(0.05)
        .setSchedule("cosine")
        .setTimeout(20);
  }

  private static Trainer settings(Trainer trainer) {
    return trainer
        .optimizer(Optimizer.sgd(0.05).momentum(0.9))
        .schedule(Schedule.cosine())
        .ranks(RANKS)
        .batch(BATCH)
        .epochs(EPOCHS)
        .seed(3);
  }

  private static void assertSameBits(Model expected, Model actual) {
    assertArrayEquals(expected.weights().values(), actual.weights().values());
    assertArrayEquals(expected.weights().statistics(), actual.weights().statistics());
  }

  private Model reference(Model network) throws IOException {
    return settings(Trainer.of(network.network())).fit(pictures.listed(network.preprocessing()));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void tasksHaveTheBitsOfOneProcess(int tasks) throws IOException {
    var expected = reference(SmallNetworks.lenet());
    var model = estimator(lenet).setTasks(tasks).fit(pictures.paths(spark, "file"));
    assertSameBits(expected, model.model());
    assertEquals(List.of("cat", "cow", "dog"), model.labels());
    assertEquals(EPOCHS, model.summary().totalIterations());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void batchNormHasTheBitsOfOneProcess(int tasks) throws IOException {
    assertSameBits(
        reference(SmallNetworks.normalized()),
        estimator(normalized).setTasks(tasks).fit(pictures.paths(spark, "file")).model());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void fineTuningWithAugmentationHasTheBitsOfOneProcess(int tasks) throws IOException {
    var start = Model.withNewHead(SmallNetworks.normalized().network(), normalized, 3);
    var preprocessing = SmallNetworks.normalized().preprocessing();
    var expected =
        settings(Trainer.from(start.withPreprocessing(preprocessing)))
            .augmentation(AugmentationPreset.STANDARD.of(SmallNetworks.SHAPE))
            .fineTuning(FineTuning.HEAD_ONLY.unfreezeAfter(1).headRate(10))
            .fit(pictures.listed(preprocessing));
    assertSameBits(
        expected,
        estimator(normalized)
            .setWeights(normalized.toString())
            .setFreeze("backbone")
            .setUnfreezeAfter(1)
            .setAugmentation("standard")
            .setTasks(tasks)
            .fit(pictures.paths(spark, "file"))
            .model());
  }

  /** Rows are dealt out: each rank learns from its own, wherever they lay. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void rowsInAnyPartitionsHaveTheBitsOfOneProcess(int tasks) throws IOException {
    var network = SmallNetworks.normalized();
    ImageDataset ordered = pictures.byDigest(network.preprocessing());
    var expected = settings(Trainer.of(network.network())).ownSamples().fit(ordered);
    var rows = pictures.files(spark);
    var empty = rows.filter("label > 5");
    var unequal =
        empty
            .union(rows.coalesce(1).limit(20))
            .union(empty)
            .union(rows.exceptAll(rows.coalesce(1).limit(20)));
    for (var table : List.of(rows.repartition(9), unequal)) {
      assertSameBits(
          expected,
          estimator(normalized).setInputCol("content").setTasks(tasks).fit(table).model());
    }
  }

  /** A frozen backbone's features are computed once, by each task of its own rows alone. */
  @Test
  void frozenBackbonesOfRowsHaveTheBitsOfOneProcess() throws IOException {
    var network = SmallNetworks.normalized();
    var start = Model.withNewHead(network.network(), normalized, 3);
    var expected =
        settings(Trainer.from(start.withPreprocessing(network.preprocessing())))
            .fineTuning(FineTuning.HEAD_ONLY.headRate(10))
            .ownSamples()
            .fit(pictures.byDigest(network.preprocessing()));
    assertSameBits(
        expected,
        estimator(normalized)
            .setInputCol("content")
            .setWeights(normalized.toString())
            .setFreeze("backbone")
            .fit(pictures.files(spark))
            .model());
  }

  @Test
  void imageStructsAreLearnedFrom() throws IOException {
    var images =
        spark
            .read()
            .format("image")
            .load(folder.resolve("pictures").resolve("*").toString())
            .withColumn("label", functions.expr("element_at(split(image.origin, '/'), -2)"));
    var model = estimator(normalized).setInputCol("image").setTasks(2).fit(images);
    assertEquals(List.of("cat", "cow", "dog"), model.labels());
    assertEquals(PICTURES, model.transform(images).count());
  }

  @Test
  void brokenPicturesEndTheTrainingOrAreLeftOut() throws IOException {
    var rows = new ArrayList<>(pictures.files(spark).collectAsList());
    var schema = pictures.files(spark).schema();
    rows.add(RowFactory.create("broken.png", new byte[] {1, 2, 3}, 1.0));
    rows.add(RowFactory.create("none.png", null, 1.0));
    var table = spark.createDataFrame(rows, schema).repartition(5);
    var strict = estimator(normalized).setInputCol("content").setTasks(2);
    var none = assertThrows(IllegalArgumentException.class, () -> strict.fit(table));
    assertEquals(
        "none.png: there is no picture (handleInvalid skip goes on without such rows)",
        none.getMessage());
    var broken =
        assertThrows(
            IllegalStateException.class, () -> strict.fit(table.filter("content is not null")));
    assertTrue(broken.getMessage().contains("(handleInvalid skip goes on)"), broken.getMessage());
    var model = strict.setHandleInvalid("skip").fit(table);
    var network = SmallNetworks.normalized();
    assertSameBits(
        settings(Trainer.of(network.network()))
            .ownSamples()
            .fit(pictures.byDigest(network.preprocessing())),
        model.model());
    assertTrue(model.summary().notes().getFirst().startsWith("left out 2 rows"));
    var lost = pictures.paths(spark, "file").union(spark.sql("select 'file:/no/such.png', 'cat'"));
    assertTrue(
        assertThrows(IllegalStateException.class, () -> estimator(lenet).setTasks(2).fit(lost))
            .getMessage()
            .contains("/no/such.png: there is no such file"));
  }

  @Test
  void twoTrainingsRunInOneSession() throws Exception {
    var expected = reference(SmallNetworks.lenet());
    var table = pictures.paths(spark, "file");
    try (var threads = Executors.newFixedThreadPool(2)) {
      var first = threads.submit(() -> estimator(lenet).setTasks(2).fit(table).model());
      var second = threads.submit(() -> estimator(lenet).setTasks(2).fit(table).model());
      assertSameBits(expected, first.get());
      assertSameBits(expected, second.get());
    }
  }

  /** The same training again reads its last checkpoint; another one has a folder of its own. */
  @Test
  void trainingsGoOnFromTheirNewestCheckpoint() throws IOException {
    var expected = reference(SmallNetworks.lenet());
    var checkpoints = folder.resolve("checkpoints");
    var table = pictures.paths(spark, "file");
    var estimator =
        estimator(lenet)
            .setTasks(2)
            .setCheckpointDir(checkpoints.toUri().toString())
            .setCheckpointInterval(3);
    assertSameBits(expected, estimator.fit(table).model());
    var kept = checkpoints(checkpoints);
    assertEquals(2, kept.size());
    // Without the last one the training goes on within its last epoch.
    Files.delete(kept.getLast());
    assertTrue(kept.getFirst().toString().contains("checkpoint-000001-"));
    var resumed = estimator.fit(table);
    assertSameBits(expected, resumed.model());
    assertEquals(EPOCHS, resumed.summary().totalIterations());
    var other = estimator.copy(org.apache.spark.ml.param.ParamMap.empty()).setSeed(4).fit(table);
    assertEquals(EPOCHS, other.summary().totalIterations());
    try (var folders = Files.list(checkpoints)) {
      assertEquals(2, folders.count());
    }
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  /** Tried again, it would be read again: all tasks end at the first try, and say which it is. */
  @ParameterizedTest
  @ValueSource(strings = {"cut", "noise", "empty", "other"})
  void checkpointsThatCannotBeReadEndTheTraining(String damage) throws IOException {
    var kept = folder.resolve("damaged-" + damage);
    var table = pictures.paths(spark, "file");
    var estimator = estimator(lenet).setTasks(2).setCheckpointDir(kept.toUri().toString());
    var _ = estimator.fit(table);
    var newest = checkpoints(kept).getLast();
    byte[] whole = Files.readAllBytes(newest);
    byte[] damaged =
        switch (damage) {
          case "cut" -> Arrays.copyOf(whole, whole.length / 2);
          case "noise" -> "no checkpoint at all".getBytes(StandardCharsets.UTF_8);
          case "empty" -> new byte[0];
          default -> {
            var others = folder.resolve("others");
            var _ =
                estimator(lenet).setSeed(4).setCheckpointDir(others.toUri().toString()).fit(table);
            yield Files.readAllBytes(checkpoints(others).getLast());
          }
        };
    Files.write(newest, damaged);
    var e = assertThrows(IllegalStateException.class, () -> estimator.fit(table));
    assertTrue(e.getMessage().startsWith("the newest checkpoint in file:"), e.getMessage());
    assertTrue(e.getMessage().contains("setCheckpointDir"), e.getMessage());
  }

  /** Weights that were replaced under the same name are those of another training. */
  @Test
  void otherWeightsInTheSameFileBeginAnotherTraining() throws IOException {
    var kept = folder.resolve("replaced");
    var weights = folder.resolve("weights.safetensors");
    var table = pictures.paths(spark, "file");
    var estimator =
        estimator(normalized)
            .setTasks(1)
            .setWeights(weights.toString())
            .setCheckpointDir(kept.toUri().toString());
    var network = SmallNetworks.normalized();
    for (int seed = 1; seed <= 2; seed++) {
      new Model(
              network.network(),
              Model.initialized(network.network(), seed).weights(),
              network.labels(),
              network.preprocessing())
          .save(weights);
      for (int i = 0; i < 2; i++) {
        assertEquals(EPOCHS, estimator.fit(table).summary().totalIterations());
        try (var folders = Files.list(kept)) {
          assertEquals(seed, folders.count());
        }
      }
    }
  }

  @Test
  void answersAreThoseOfStrideAndPipelinesAreReadAgain() throws IOException {
    var table = pictures.files(spark);
    var pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer()
                      .setInputCol("name")
                      .setOutputCol("class")
                      .setStringOrderType("alphabetAsc"),
                  estimator(normalized)
                      .setInputCol("content")
                      .setLabelCol("class")
                      .setValidationFraction(0.2)
                      .setFeaturesCol("features")
                });
    var named = table.withColumn("name", functions.expr("element_at(split(path, '/'), -2)"));
    var unread = folder.resolve("unread").toUri().toString();
    pipeline.write().overwrite().save(unread);
    var fitted = Pipeline.load(unread).fit(named);
    var model = (StrideClassifierModel) fitted.stages()[1];
    assertEquals(List.of("cat", "cow", "dog"), model.labels());
    assertEquals(EPOCHS, model.summary().validationAccuracyHistory().length);
    model.setBatchSize(1);
    var answers = fitted.transform(named).orderBy("path").collectAsList();
    assertEquals(PICTURES, answers.size());
    for (var row : answers) {
      byte[] picture = row.getAs("content");
      var expected = model.model().classify(picture);
      assertArrayEquals(
          expected.probabilities().stream().mapToDouble(Float::doubleValue).toArray(),
          row.<Vector>getAs("probability").toArray());
      assertEquals((double) expected.top(1).getFirst().index(), row.<Double>getAs("prediction"));
      float[] features = model.model().features(picture).data();
      assertArrayEquals(
          IntStream.range(0, features.length).mapToDouble(i -> features[i]).toArray(),
          row.<Vector>getAs("features").toArray());
    }
    var saved = folder.resolve("fitted").toUri().toString();
    fitted.write().overwrite().save(saved);
    var read = PipelineModel.load(saved);
    assertEquals(
        fitted.transform(named).drop("content").orderBy("path").collectAsList().toString(),
        read.transform(named).drop("content").orderBy("path").collectAsList().toString());
    var again = (StrideClassifierModel) read.stages()[1];
    assertEquals(
        model.summary().curves(spark).collectAsList().toString(),
        again.summary().curves(spark).collectAsList().toString());
  }

  @Test
  void scaledRatesAreSaid() throws IOException {
    var model = estimator(lenet).setScaleRate(true).setTasks(1).fit(pictures.paths(spark, "file"));
    assertEquals(
        List.of(
            "the learning rate is 0.05 times 4 for as many ranks, after a warm-up of 0.5 epochs"),
        model.summary().notes());
  }
}
