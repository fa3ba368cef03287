package stride.spark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The parameters of {@link HasPictureColumns}: which columns a stage reads and adds. */
public final class PictureColumns implements Serializable {
  private static final long serialVersionUID = 1;

  static final String ERROR = "error";
  static final String SKIP = "skip";
  static final String KEEP = "keep";

  final Param<String> inputCol;
  final Param<String> predictionCol;
  final Param<String> predictedLabelCol;
  final Param<String> probabilityCol;
  final Param<String> rawPredictionCol;
  final Param<String> featuresCol;
  final Param<String> errorCol;
  final Param<String> handleInvalid;

  /**
   * Makes the parameters of a stage.
   *
   * @param uid the stage's name
   */
  PictureColumns(String uid) {
    inputCol =
        new Param<>(
            uid,
            "inputCol",
            "the column of pictures: bytes of files, paths, or Spark's image structs");
    predictionCol =
        new Param<>(uid, "predictionCol", "the column of the most probable class's index");
    predictedLabelCol =
        new Param<>(uid, "predictedLabelCol", "the column of the most probable class's name");
    probabilityCol =
        new Param<>(uid, "probabilityCol", "the column of the probabilities of all classes");
    rawPredictionCol =
        new Param<>(
            uid, "rawPredictionCol", "the column of the network's outputs, before probabilities");
    featuresCol =
        new Param<>(
            uid,
            "featuresCol",
            "the column of features, the vector that the network's head reads; empty for none");
    errorCol =
        new Param<>(
            uid, "errorCol", "with handleInvalid keep: the column that says why there is none");
    // Checked where it is set: values also come from saved stages and from grids.
    handleInvalid =
        new Param<>(
            uid,
            "handleInvalid",
            "what becomes of rows whose picture cannot be read: error ends the job, skip leaves"
                + " them out, keep gives them null and a message in errorCol",
            ParamValidators.inArray(List.of(ERROR, SKIP, KEEP)));
  }

  /** Gives a stage the usual values. */
  void setDefaults(Params stage) {
    stage.setDefault(inputCol, "content");
    stage.setDefault(predictionCol, "prediction");
    stage.setDefault(predictedLabelCol, "predictedLabel");
    stage.setDefault(probabilityCol, "probability");
    stage.setDefault(rawPredictionCol, "rawPrediction");
    stage.setDefault(featuresCol, "");
    stage.setDefault(errorCol, ERROR);
    stage.setDefault(handleInvalid, ERROR);
  }

  List<Param<String>> all() {
    return List.of(
        inputCol,
        predictionCol,
        predictedLabelCol,
        probabilityCol,
        rawPredictionCol,
        featuresCol,
        errorCol,
        handleInvalid);
  }

  /** Gives another stage the values that are set in one. */
  void copy(Params from, Params to, PictureColumns others) {
    for (int i = 0; i < all().size(); i++) {
      if (from.isSet(all().get(i))) {
        to.set(others.all().get(i), from.getOrDefault(all().get(i)));
      }
    }
  }

  /**
   * The schema with the columns that a stage adds.
   *
   * @throws IllegalArgumentException if the column of pictures is missing or of another type, or
   *     one that is to be added is there
   */
  StructType added(Params stage, StructType schema) {
    var _ = kind(stage, schema);
    var result = schema;
    result = with(result, stage.getOrDefault(predictionCol), DataTypes.DoubleType);
    result = with(result, stage.getOrDefault(predictedLabelCol), DataTypes.StringType);
    result = with(result, stage.getOrDefault(probabilityCol), SQLDataTypes.VectorType());
    result = with(result, stage.getOrDefault(rawPredictionCol), SQLDataTypes.VectorType());
    result = with(result, stage.getOrDefault(featuresCol), SQLDataTypes.VectorType());
    return stage.getOrDefault(handleInvalid).equals(KEEP)
        ? with(result, stage.getOrDefault(errorCol), DataTypes.StringType)
        : result;
  }

  private static StructType with(StructType schema, String column, DataType type) {
    if (List.of(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "the column %s is there already: choose another name, or drop it".formatted(column));
    }
    return column.isEmpty() ? schema : schema.add(column, type, true);
  }

  /**
   * What the column of pictures holds.
   *
   * @throws IllegalArgumentException if it is missing or holds no pictures
   */
  PictureKind kind(Params stage, StructType schema) {
    String column = stage.getOrDefault(inputCol);
    return PictureKind.of(column, field(schema, column, "setInputCol names that of the pictures"));
  }

  /**
   * The type of a column.
   *
   * @param otherwise what to do if there is none, for the message
   * @throws IllegalArgumentException if there is none
   */
  static DataType field(StructType schema, String column, String otherwise) {
    if (!List.of(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "there is no column %s, the columns are %s: %s"
              .formatted(column, String.join(", ", schema.fieldNames()), otherwise));
    }
    return schema.apply(column).dataType();
  }
}
