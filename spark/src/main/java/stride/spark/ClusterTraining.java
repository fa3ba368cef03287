package stride.spark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** A training on a cluster, seen from the driver. */
final class ClusterTraining {
  private static final Logger LOG = LoggerFactory.getLogger(StrideClassifier.class);
  private static final int SHOWN = 3;

  private final StrideClassifier stage;
  private final TrainingParams params;
  private final Dataset<?> dataset;
  private final SparkSession session;
  private final Configuration files;
  private final TrainingRecipe recipe;
  private final List<String> notes = new ArrayList<>();

  ClusterTraining(StrideClassifier stage, Dataset<?> dataset) {
    this.stage = stage;
    params = stage.training();
    this.dataset = dataset;
    session = (SparkSession) dataset.sparkSession();
    files = session.sessionState().newHadoopConf();
    if (!stage.isDefined(params.network)) {
      throw new IllegalArgumentException(
          "there is no network: setNetwork names one, such as squeezenet1_1");
    }
    recipe = new TrainingRecipe(stage);
  }

  /** A trained model's file, and how it came to be. */
  record Result(byte[] model, StrideTrainingSummary summary) {}

  Result run() {
    var _ = FirstModel.zoo(stage.getOrDefault(params.network));
    recipe.check();
    new ClusterChecks(session)
        .run(recipe.ranks(), recipe.tasks(), (Boolean) stage.getOrDefault(params.allowUnencrypted));
    var rows = rows();
    var table = table(rows);
    var first = new FirstModel(stage, files).of(table.classes());
    note(recipe.said());
    var context = JavaSparkContext.fromSparkContext(session.sparkContext());
    var bytes = ModelBytes.of(first);
    var model = context.broadcast(bytes);
    var shared = context.broadcast(table);
    var task =
        new RankTask(
            stage.copy(ParamMap.empty()),
            model,
            shared,
            checkpoints(bytes, table),
            new SerializableConfiguration(files));
    try {
      return result(train(task, pictures(context, rows, shared)));
    } finally {
      model.destroy();
      shared.destroy();
    }
  }

  private void note(@Nullable String sentence) {
    if (sentence != null) {
      notes.add(sentence);
      LOG.info(sentence);
    }
  }

  /** The columns that a training reads: pictures, classes, which to measure with, names. */
  private Dataset<Row> selected() {
    var columns = new ArrayList<Column>();
    columns.add(functions.col(stage.getOrDefault(stage.inputCol())));
    columns.add(functions.col(stage.getOrDefault(params.labelCol)));
    columns.add(
        stage.isDefined(params.validationIndicatorCol)
            ? functions.col(stage.getOrDefault(params.validationIndicatorCol))
            : functions.lit(false));
    columns.add(
        List.of(dataset.schema().fieldNames()).contains("path")
            ? functions.col("path").cast("string")
            : functions.lit(null).cast("string"));
    return dataset.toDF().select(columns.toArray(Column[]::new)).toDF("p", "l", "m", "n");
  }

  private PictureRows rows() {
    return new PictureRows(
        stage.columns().kind(stage, dataset.schema()),
        0,
        1,
        2,
        3,
        !stage.getOrDefault(stage.handleInvalid()).equals(PictureColumns.ERROR),
        new SerializableConfiguration(files));
  }

  private StructField label() {
    StructType schema = dataset.schema();
    return schema.apply(stage.getOrDefault(params.labelCol));
  }

  /** Reads all rows once: what pictures there are, in an order that no partition decides. */
  private PictureTable table(PictureRows rows) {
    var entries = new ArrayList<PictureRows.Entry>();
    var broken = new ArrayList<String>();
    for (var entry : selected().javaRDD().mapPartitions(rows::entries).collect()) {
      if (entry.broken() == null) {
        entries.add(entry);
      } else {
        broken.add(entry.broken());
      }
    }
    if (!broken.isEmpty()) {
      if (!rows.skipping()) {
        throw new IllegalArgumentException(
            broken.getFirst() + " (handleInvalid skip goes on without such rows)");
      }
      note(
          "left out %d rows whose picture cannot be read: %s%s"
              .formatted(
                  broken.size(),
                  String.join("; ", broken.stream().limit(SHOWN).toList()),
                  broken.size() > SHOWN ? "; ..." : ""));
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("there are no rows to learn from");
    }
    var labels = ClassLabels.of(label(), entries);
    entries.sort(
        Comparator.comparing(
                PictureRows.Entry::path, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
            .thenComparing(
                PictureRows.Entry::key,
                Comparator.nullsFirst(Comparator.<PictureKey>naturalOrder()))
            .thenComparingInt(labels::label));
    boolean[] measured = measured(entries, labels);
    var ordered = new ArrayList<PictureRows.Entry>();
    for (boolean wanted : new boolean[] {false, true}) {
      for (int i = 0; i < measured.length; i++) {
        if (measured[i] == wanted) {
          ordered.add(entries.get(i));
        }
      }
    }
    int training = (int) IntStream.range(0, measured.length).filter(i -> !measured[i]).count();
    if (training < recipe.ranks()) {
      throw new IllegalArgumentException(
          training == 0
              ? "there are no rows to learn from: all are to measure with"
              : "%d ranks cannot learn from %d rows: each needs at least one"
                  .formatted(recipe.ranks(), training));
    }
    return new PictureTable(
        labels.names(), ordered, ordered.stream().mapToInt(labels::label).toArray(), training);
  }

  private boolean[] measured(List<PictureRows.Entry> entries, ClassLabels labels) {
    var measured = new boolean[entries.size()];
    double fraction = (Double) stage.getOrDefault(params.validationFraction);
    if (stage.isDefined(params.validationIndicatorCol)) {
      if (fraction > 0) {
        throw new IllegalArgumentException(
            "validationFraction %s and validationIndicatorCol %s both say which rows to measure with: set one of them"
                .formatted(fraction, stage.getOrDefault(params.validationIndicatorCol)));
      }
      for (int i = 0; i < measured.length; i++) {
        measured[i] = entries.get(i).measured();
      }
    } else if (fraction > 0) {
      var random = new Random(recipe.seed());
      var ofClass = new TreeMap<Integer, List<Integer>>();
      for (int i = 0; i < measured.length; i++) {
        ofClass.computeIfAbsent(labels.label(entries.get(i)), _ -> new ArrayList<>()).add(i);
      }
      for (var own : ofClass.values()) {
        Collections.shuffle(own, random);
        int count = Math.min(own.size() - 1, (int) Math.max(1, Math.round(own.size() * fraction)));
        for (int i = 0; i < count; i++) {
          measured[own.get(i)] = true;
        }
      }
    }
    return measured;
  }

  /** A folder of its own for each training, by all that its bits depend on. */
  private @Nullable String checkpoints(ModelBytes first, PictureTable table) {
    if (!stage.isDefined(params.checkpointDir)) {
      return null;
    }
    var said = new StringBuilder(table.digest());
    for (var param : stage.params()) {
      if (stage.isDefined(param) && params.decidesBits(param)) {
        said.append('\n').append(param.name()).append('=').append(stage.getOrDefault(param));
      }
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(said.toString().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
      digest.update(first.bytes());
      return new Path(
              stage.getOrDefault(params.checkpointDir),
              "training-" + HexFormat.of().formatHex(digest.digest(), 0, 8))
          .toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The pictures by tasks; nothing for each task if they are files. */
  private JavaRDD<PictureRows.Picture> pictures(
      JavaSparkContext context, PictureRows rows, Broadcast<PictureTable> table) {
    int tasks = recipe.tasks();
    if (table.value().areFiles()) {
      return context
          .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
          .mapPartitions(_ -> List.<PictureRows.Picture>of().iterator());
    }
    var deal = new Deal(table, recipe.ranks(), tasks, recipe.batch() * recipe.accumulated());
    return selected()
        .javaRDD()
        .mapPartitions(rows::pictures)
        .flatMapToPair(deal::tasks)
        .partitionBy(new RankStretch.ByTask(tasks))
        .map(Tuple2::_2);
  }

  /**
   * Deals pictures out to the tasks that learn from them, and those to measure with to the first.
   */
  private record Deal(Broadcast<PictureTable> table, int ranks, int tasks, int step)
      implements Serializable {
    Iterator<Tuple2<Integer, PictureRows.Picture>> tasks(PictureRows.Picture picture) {
      var known = table.value();
      return known
          .pictures(picture.key())
          .map(at -> at < known.training() ? task(known.training(), at) : 0)
          .distinct()
          .mapToObj(task -> new Tuple2<>(task, picture))
          .iterator();
    }

    private int task(int pictures, int at) {
      int task = 0;
      while (RankStretch.ranks(ranks, tasks, 0)
              .ownBegin(pictures, step, RankStretch.begin(ranks, tasks, task + 1))
          <= at) {
        task++;
      }
      return task;
    }
  }

  /**
   * Runs the tasks, all at the same time. Spark starts such a stage again after an executor was
   * lost, but only if others follow it: the last stage of a job it would give up.
   */
  private static List<TaskResult> train(RankTask task, JavaRDD<PictureRows.Picture> pictures) {
    ClassTag<TaskResult> tag = ClassTag$.MODULE$.apply(TaskResult.class);
    var work =
        (Function1<
                    scala.collection.Iterator<PictureRows.Picture>,
                    scala.collection.Iterator<TaskResult>>
                & Serializable)
            rows -> {
              try {
                return CollectionConverters.asScala(task.run(CollectionConverters.asJava(rows)));
              } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
              }
            };
    return JavaRDD.fromRDD(pictures.rdd().barrier().mapPartitions(work, false, tag), tag)
        .repartition(1)
        .collect();
  }

  private Result result(List<TaskResult> results) {
    var parts = new ArrayList<TaskResult.ModelPart>();
    List<TaskResult.Epoch> epochs = List.of();
    for (var result : results) {
      switch (result) {
        case TaskResult.Failure(String sentence) -> throw new IllegalStateException(sentence);
        case TaskResult.ModelPart part -> parts.add(part);
        case TaskResult.Curves(var all) -> epochs = all;
      }
    }
    parts.sort(Comparator.comparingInt(TaskResult.ModelPart::number));
    var bytes = new ByteArrayOutputStream();
    parts.forEach(part -> bytes.writeBytes(part.bytes()));
    return new Result(bytes.toByteArray(), new StrideTrainingSummary(epochs, notes));
  }
}
