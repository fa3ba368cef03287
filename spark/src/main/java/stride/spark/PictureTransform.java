package stride.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.reflect.ClassTag$;
import stride.spark.ClassifiedRows.Added;

/**
 * What a stage with a model makes of a data set.
 *
 * @param stage the stage
 * @param columns its columns
 * @param batch the number of pictures that are computed together
 */
record PictureTransform(Params stage, PictureColumns columns, int batch) {
  /** The usual number of pictures that are computed together. */
  static final int BATCH = 16;

  static PictureTransform of(Params stage, PictureColumns columns, int batch) {
    return new PictureTransform(stage, columns, batch);
  }

  /** The parameter of the number of pictures that are computed together. */
  static IntParam batchSize(String uid) {
    return new IntParam(
        uid,
        "batchSize",
        "pictures that are computed together, 1 or more",
        ParamValidators.gtEq(1));
  }

  /** Sends a model to the executors of a session. */
  static Broadcast<ModelBytes> broadcast(SparkSession session, ModelBytes bytes) {
    return broadcast(session, bytes.copy(), ModelBytes.class);
  }

  private static <T> Broadcast<T> broadcast(SparkSession session, T value, Class<T> type) {
    return session.sparkContext().broadcast(value, ClassTag$.MODULE$.apply(type));
  }

  /**
   * Answers for the pictures of a data set.
   *
   * @param schema the data set's with the columns that are added
   * @param name of the model, for messages
   * @throws IllegalArgumentException if the model does not say what is asked
   */
  Dataset<Row> apply(Dataset<?> dataset, StructType schema, ModelBytes model, String name) {
    check(model, name);
    return apply(dataset, schema, broadcast((SparkSession) dataset.sparkSession(), model));
  }

  /** Answers for the pictures of a data set with a model that executors have. */
  Dataset<Row> apply(Dataset<?> dataset, StructType schema, Broadcast<ModelBytes> model) {
    var session = (SparkSession) dataset.sparkSession();
    var fields = List.of(dataset.schema().fieldNames());
    var rows =
        new ClassifiedRows(
            model,
            broadcast(
                session,
                new SerializableConfiguration(session.sessionState().newHadoopConf()),
                SerializableConfiguration.class),
            columns.kind(stage, dataset.schema()),
            fields.indexOf(stage.getOrDefault(columns.inputCol)),
            fields.indexOf("path"),
            batch,
            ClassifiedRows.Broken.valueOf(
                stage.getOrDefault(columns.handleInvalid).toUpperCase(Locale.ROOT)),
            added());
    MapPartitionsFunction<Row, Row> work = rows::of;
    return dataset.toDF().mapPartitions(work, Encoders.row(schema));
  }

  /**
   * Checks that a model says what is asked.
   *
   * @throws IllegalArgumentException if it does not
   */
  void check(ModelBytes bytes, String name) {
    var model = bytes.model(name);
    if (ClassifiedRows.asksClasses(added()) && !model.task().classifies()) {
      throw new IllegalArgumentException(
          "%s does not classify pictures, its task is %s: set featuresCol, and the names of the other columns to \"\""
              .formatted(name, model.task().key()));
    }
    if (added().contains(Added.FEATURES)) {
      var _ = ClassifiedRows.withFeatures(model);
    }
  }

  private List<Added> added() {
    var added = new ArrayList<Added>();
    add(columns.predictionCol, Added.PREDICTION, added);
    add(columns.predictedLabelCol, Added.LABEL, added);
    add(columns.probabilityCol, Added.PROBABILITY, added);
    add(columns.rawPredictionCol, Added.RAW_PREDICTION, added);
    add(columns.featuresCol, Added.FEATURES, added);
    if (stage.getOrDefault(columns.handleInvalid).equals(PictureColumns.KEEP)) {
      add(columns.errorCol, Added.ERROR, added);
    }
    return added;
  }

  private void add(Param<String> name, Added column, List<Added> added) {
    if (!stage.getOrDefault(name).isEmpty()) {
      added.add(column);
    }
  }
}
