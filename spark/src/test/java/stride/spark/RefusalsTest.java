package stride.spark;

import static org.apache.spark.sql.functions.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be trained is said in one sentence, within 5 seconds, before the work. */
@Tag("slow")
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RefusalsTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int PICTURES = 27;
  private static final List<String> ENCRYPTION =
      List.of(
          "spark.network.crypto.enabled",
          "spark.authenticate.enableSaslEncryption",
          "spark.ssl.enabled",
          "spark.ssl.rpc.enabled",
          "spark.io.encryption.enabled");

  private SparkSession spark;
  private Dataset<Row> table;
  private String network;

  @BeforeAll
  void start(@TempDir Path shared) throws IOException {
    spark =
        SparkSession.builder()
            .master("local[4]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
    table =
        DrawnPictures.draw(shared.resolve("pictures"), PICTURES)
            .paths(spark, "file")
            .withColumn("class", when(col("label").equalTo("cat"), 0).otherwise(1))
            .localCheckpoint();
    var file = shared.resolve("lenet.safetensors");
    SmallNetworks.lenet().save(file);
    network = file.toString();
    // Spark compiles what reads rows: how long that takes the first time is not counted.
    assertThrows(
        IllegalArgumentException.class, () -> estimator().fit(table.filter("label = 'mouse'")));
  }

  @AfterAll
  void stop() {
    spark.stop();
  }

  /**
   * A training that is refused.
   *
   * @param settings of the cluster
   * @param sentence what is said
   */
  private record Refusal(
      String name,
      Map<String, String> settings,
      UnaryOperator<StrideClassifier> estimator,
      UnaryOperator<Dataset<Row>> rows,
      String sentence) {
    Refusal(String name, UnaryOperator<StrideClassifier> estimator, String sentence) {
      this(name, Map.of(), estimator, rows -> rows, sentence);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Refusal rows(String name, UnaryOperator<Dataset<Row>> rows, String sentence) {
    return new Refusal(name, Map.of(), stage -> stage, rows, sentence);
  }

  private static Refusal cluster(String setting, String sentence) {
    return new Refusal(setting, Map.of(setting, "true"), stage -> stage, rows -> rows, sentence);
  }

  private static final String NO_CLASS =
      "the column label holds %s, which is no class: classes are whole numbers from 0, or names"
          + " (StringIndexer makes numbers of anything)";

  /** Rows of a class that is a number, the first of them another one. */
  private static UnaryOperator<Dataset<Row>> with(Column label, String type) {
    return rows ->
        rows.withColumn(
            "label",
            when(col("path").endsWith("00.png"), label).otherwise(col("class")).cast(type));
  }

  private static Stream<Refusal> classes() {
    var refusals = new ArrayList<Refusal>();
    for (String type : List.of("double", "float")) {
      var values = new TreeMap<String, Column>();
      values.put("0.5", lit(0.5));
      values.put("NaN", lit(Double.NaN));
      values.put("-1.0", lit(-1));
      values.put("-0.25", lit(-0.25));
      values.put("Infinity", lit(Double.POSITIVE_INFINITY));
      values.put("-Infinity", lit(Double.NEGATIVE_INFINITY));
      values.put("1.0E9", lit(1e9));
      values.forEach(
          (said, value) ->
              refusals.add(rows(type + " " + said, with(value, type), NO_CLASS.formatted(said))));
    }
    refusals.add(rows("int -1", with(lit(-1), "int"), NO_CLASS.formatted("-1")));
    refusals.add(rows("decimal 0.5", with(lit(0.5), "decimal(4,2)"), NO_CLASS.formatted("0.50")));
    for (String type : List.of("byte", "short", "int", "long", "float", "double", "string")) {
      refusals.add(
          rows(
              "null of type " + type,
              rows ->
                  rows.withColumn("path", concat(lit("p"), substring(col("path"), -6, 6)))
                      .transform(with(lit(null), type)::apply),
              "the column label is null in a row, that of p00.png: every picture that is learned"
                  + " from has a class"));
    }
    for (String type : List.of("byte", "int", "long", "double")) {
      refusals.add(
          rows(
              "a hole of type " + type,
              with(lit(3), type),
              "the column label holds classes up to 3, and no row of class 2: classes are numbered"
                  + " from 0 without holes (StringIndexer numbers what is there, and keeps the"
                  + " names)"));
      refusals.add(
          rows(
              "from 1 of type " + type,
              rows -> rows.withColumn("label", col("class").plus(1).cast(type)),
              "the column label holds classes up to 2, and no row of class 0: classes are numbered"
                  + " from 0 without holes (StringIndexer numbers what is there, and keeps the"
                  + " names)"));
    }
    refusals.add(
        rows(
            "booleans",
            rows -> rows.withColumn("label", lit(true)),
            "the column label holds boolean: classes are whole numbers from 0, or names"));
    refusals.add(
        rows(
            "one class",
            rows -> rows.filter("label = 'cat'"),
            "the column label holds one class, cat: a network learns what tells two or more"
                + " apart"));
    return refusals.stream();
  }

  private static Stream<Refusal> clusters() {
    return Stream.concat(
        Stream.of(
            cluster(
                "spark.dynamicAllocation.enabled",
                "spark.dynamicAllocation.enabled is true: all tasks of a training run at the same"
                    + " time, on executors that stay; start the application with it false"),
            new Refusal(
                "too few slots",
                stage -> stage.setRanks(8),
                "8 tasks of 8 ranks run at the same time, and the cluster has room for 4 tasks:"
                    + " add executors, or let tasks compute several ranks each with"
                    + " setTasks(4)")),
        ENCRYPTION.stream()
            .map(
                setting ->
                    cluster(
                        setting,
                        setting
                            + " is true, and tasks that train together send gradients and weights"
                            + " unencrypted: setAllowUnencrypted(true) trains all the same, on a"
                            + " network that you trust")));
  }

  /** Three rows of two classes. */
  private static final Column FIRST = substring(col("path"), -6, 2).cast("int").lt(3);

  private static Stream<Refusal> numbersOfRows() {
    return Stream.of(
        rows("no rows", rows -> rows.filter("label = 'mouse'"), "there are no rows to learn from"),
        new Refusal(
            "all to measure with",
            Map.of(),
            stage -> stage.setValidationIndicatorCol("held"),
            rows -> rows.withColumn("held", lit(true)),
            "there are no rows to learn from: all are to measure with"),
        rows(
            "more ranks than rows",
            rows -> rows.filter(FIRST),
            "4 ranks cannot learn from 3 rows: each needs at least one"),
        new Refusal(
            "more ranks than rows that are learned from",
            Map.of(),
            stage -> stage.setValidationIndicatorCol("held"),
            rows -> rows.withColumn("held", not(FIRST)),
            "4 ranks cannot learn from 3 rows: each needs at least one"),
        rows(
            "a null picture",
            rows ->
                rows.withColumn(
                    "path", when(col("path").endsWith("00.png"), null).otherwise(col("path"))),
            "there is no picture (handleInvalid skip goes on without such rows)"));
  }

  private static Stream<Refusal> settings() {
    return Stream.of(
        new Refusal(
            "more tasks than ranks",
            stage -> stage.setTasks(5),
            "4 ranks are computed by 1 to 4 tasks, found 5: setTasks takes fewer"),
        new Refusal(
            "two kinds of rows to measure with",
            Map.of(),
            stage -> stage.setValidationIndicatorCol("held").setValidationFraction(0.25),
            rows -> rows.withColumn("held", lit(false)),
            "validationFraction 0.25 and validationIndicatorCol held both say which rows to"
                + " measure with: set one of them"),
        new Refusal(
            "momentum of adam",
            stage -> stage.setOptimizer("adam").setMomentum(0.5),
            "momentum goes with sgd, rmsprop and lars, not with adam"),
        new Refusal(
            "a backbone that never learns",
            stage -> stage.setUnfreezeAfter(2),
            "unfreezeAfter 2: there are 2 epochs, so the backbone would never learn"),
        new Refusal(
            "checkpoints without a folder",
            stage -> stage.setCheckpointInterval(3),
            "checkpointInterval 3 saves nothing without a folder: setCheckpointDir names one"),
        new Refusal(
            "a warm-up of all epochs",
            stage -> stage.setWarmUpEpochs(2),
            "a warm-up of 2.0 epochs leaves nothing of 2: give it fewer"),
        new Refusal(
            "no such file of a network",
            stage -> stage.setNetwork("/no/such.safetensors"),
            "/no/such.safetensors cannot be read: there is no such file"),
        new Refusal(
            "no such file of weights",
            stage -> stage.setWeights("/no/such.safetensors"),
            "/no/such.safetensors cannot be read: there is no such file"),
        new Refusal(
            "a network that finds objects",
            stage -> stage.setNetwork("fasterrcnn_resnet50_fpn"),
            "fasterrcnn_resnet50_fpn does not say which class a picture is of: setNetwork takes"
                + " one that does"));
  }

  private StrideClassifier estimator() {
    return new StrideClassifier()
        .setNetwork(network)
        .setInputCol("path")
        .setRanks(4)
        .setBatchSize(2)
        .setEpochs(2)
        .setSeed(3)
        .setTimeout(20);
  }

  @ParameterizedTest
  @MethodSource({"clusters", "classes", "numbersOfRows", "settings"})
  void trainingsAreRefusedSoon(Refusal refusal) {
    var conf = spark.sparkContext().conf();
    refusal.settings.forEach(conf::set);
    try {
      var rows = refusal.rows.apply(table);
      var stage = refusal.estimator.apply(estimator());
      long start = System.nanoTime();
      var e = assertThrows(RuntimeException.class, () -> stage.fit(rows));
      long took = System.nanoTime() - start;
      assertEquals(refusal.sentence, e.getMessage());
      assertFalse(refusal.sentence.endsWith("."));
      assertTrue(took < SOON.toNanos(), () -> "it took %.1f s".formatted(took * 1e-9));
    } finally {
      refusal.settings.keySet().forEach(conf::remove);
    }
  }

  @Test
  void aTrainingWithoutANetworkIsRefused() {
    assertEquals(
        "there is no network: setNetwork names one, such as squeezenet1_1",
        assertThrows(
                IllegalArgumentException.class,
                () -> new StrideClassifier().setInputCol("path").fit(table))
            .getMessage());
  }

  /** Asked to, a training sends gradients in clear where the cluster asks for encryption. */
  @Test
  void encryptionIsNotAskedForWhereTheUserSaysSo() {
    var conf = spark.sparkContext().conf();
    ENCRYPTION.forEach(setting -> conf.set(setting, "true"));
    try {
      var checks = new ClusterChecks((org.apache.spark.sql.classic.SparkSession) spark);
      checks.run(4, 4, true);
      assertThrows(IllegalStateException.class, () -> checks.run(4, 4, false));
    } finally {
      ENCRYPTION.forEach(conf::remove);
    }
  }

  /**
   * Names of a StringIndexer's are all classes, whether the rows that are left have them or not.
   */
  @Test
  void namesWithoutRowsAreNoHoles() {
    var indexed =
        new org.apache.spark.ml.feature.StringIndexer()
            .setInputCol("label")
            .setOutputCol("number")
            .setStringOrderType("alphabetAsc")
            .fit(table)
            .transform(table)
            .filter("label <> 'cow'");
    assertEquals(
        List.of("cat", "cow", "dog"), estimator().setLabelCol("number").fit(indexed).labels());
  }
}
