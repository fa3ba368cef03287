package stride.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.reflect.ClassTag$;
import stride.network.Model;

/**
 * Says which classes pictures have: a transformer of Spark ML with any classifier that Stride has
 * saved or a zoo has published as a model file.
 *
 * <pre>{@code
 * Dataset<Row> pictures = spark.read().format("binaryFile").load("hdfs:///pictures");
 * new StrideImageClassifier().setModel("hdfs:///models/cats.safetensors").transform(pictures);
 * }</pre>
 *
 * <p>The input column holds a picture file's bytes, as {@code binaryFile} gives them, a path of one
 * in any file system that Hadoop reads, or Spark's image structs. Pictures are decoded, prepared as
 * the model says, and computed in batches that are filled across rows; at most a batch is in memory
 * for each task. The model is sent to each executor once, which has one copy and one engine with as
 * many threads as the executor has cores; tasks that run there at the same time share them.
 *
 * <p>The bits of an answer do not depend on the partitions or the executors. With batches of 1 they
 * are those of {@link Model#classify}; larger ones may choose other kernels, and differ in the last
 * bits.
 */
public final class StrideImageClassifier extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private static final String ERROR = "error";
  private static final String SKIP = "skip";
  private static final String KEEP = "keep";

  private final String uid;
  private final Param<String> model;
  private final Param<String> inputCol;
  private final Param<String> predictionCol;
  private final Param<String> labelCol;
  private final Param<String> probabilityCol;
  private final Param<String> rawPredictionCol;
  private final Param<String> errorCol;
  private final Param<String> handleInvalid;
  private final IntParam batchSize;

  /** Creates a classifier of pictures in the column "content". */
  public StrideImageClassifier() {
    this(Identifiable.randomUID("strideImageClassifier"));
  }

  /**
   * Creates a classifier with a name of its own.
   *
   * @param uid the name, which Spark uses in saved pipelines
   */
  public StrideImageClassifier(String uid) {
    // Before super(): Spark's constructor asks for it.
    this.uid = uid;
    super();
    model = text("model", "the file of the model, in any file system that Hadoop reads");
    inputCol =
        text("inputCol", "the column of pictures: bytes of files, paths, or Spark's image structs");
    predictionCol = text("predictionCol", "the column of the most probable class's index");
    labelCol = text("predictedLabelCol", "the column of the most probable class's name");
    probabilityCol = text("probabilityCol", "the column of the probabilities of all classes");
    rawPredictionCol =
        text("rawPredictionCol", "the column of the network's outputs, before probabilities");
    errorCol = text("errorCol", "with handleInvalid keep: the column that says why there is none");
    // Checked where they are set: values also come from saved stages and from grids.
    handleInvalid =
        new Param<>(
            uid,
            "handleInvalid",
            "what becomes of rows whose picture cannot be read: error ends the job, skip leaves"
                + " them out, keep gives them null and a message in errorCol",
            ParamValidators.inArray(List.of(ERROR, SKIP, KEEP)));
    batchSize =
        new IntParam(
            this,
            "batchSize",
            "pictures that are computed together, 1 or more",
            ParamValidators.gtEq(1));
    setDefault(inputCol, "content");
    setDefault(predictionCol, "prediction");
    setDefault(labelCol, "predictedLabel");
    setDefault(probabilityCol, "probability");
    setDefault(rawPredictionCol, "rawPrediction");
    setDefault(errorCol, ERROR);
    setDefault(handleInvalid, ERROR);
    setDefault(batchSize, 16);
  }

  private Param<String> text(String name, String doc) {
    return new Param<>(uid, name, doc);
  }

  /** {@return what reads a saved classifier} */
  public static MLReader<StrideImageClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /**
   * {@return a classifier that {@link #save} wrote}
   *
   * @param path where it was saved
   */
  public static StrideImageClassifier load(String path) {
    return read().load(path);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** {@return the parameter of the model's file} */
  public Param<String> model() {
    return model;
  }

  /** {@return the parameter of the column of pictures} */
  public Param<String> inputCol() {
    return inputCol;
  }

  /** {@return the parameter of the column of classes, as indices} */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** {@return the parameter of the column of classes, as names} */
  public Param<String> predictedLabelCol() {
    return labelCol;
  }

  /** {@return the parameter of the column of probabilities} */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** {@return the parameter of the column of the network's outputs} */
  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  /** {@return the parameter of the column of messages} */
  public Param<String> errorCol() {
    return errorCol;
  }

  /** {@return the parameter of what becomes of broken pictures} */
  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  /** {@return the parameter of the number of pictures in a batch} */
  public IntParam batchSize() {
    return batchSize;
  }

  /**
   * {@return this classifier, with a model}
   *
   * @param file the model's file
   */
  public StrideImageClassifier setModel(String file) {
    set(model, file);
    return this;
  }

  /**
   * {@return this classifier, with a column of pictures}
   *
   * @param column bytes of files, paths, or Spark's image structs
   */
  public StrideImageClassifier setInputCol(String column) {
    set(inputCol, column);
    return this;
  }

  /**
   * {@return this classifier, with a column for indices of classes}
   *
   * @param column its name
   */
  public StrideImageClassifier setPredictionCol(String column) {
    set(predictionCol, column);
    return this;
  }

  /**
   * {@return this classifier, with a column for names of classes}
   *
   * @param column its name
   */
  public StrideImageClassifier setPredictedLabelCol(String column) {
    set(labelCol, column);
    return this;
  }

  /**
   * {@return this classifier, with a column for probabilities}
   *
   * @param column its name
   */
  public StrideImageClassifier setProbabilityCol(String column) {
    set(probabilityCol, column);
    return this;
  }

  /**
   * {@return this classifier, with a column for the network's outputs}
   *
   * @param column its name
   */
  public StrideImageClassifier setRawPredictionCol(String column) {
    set(rawPredictionCol, column);
    return this;
  }

  /**
   * {@return this classifier, with a column for messages}
   *
   * @param column its name
   */
  public StrideImageClassifier setErrorCol(String column) {
    set(errorCol, column);
    return this;
  }

  /**
   * {@return this classifier, with another way to deal with broken pictures}
   *
   * @param way error, skip or keep
   * @throws IllegalArgumentException if it is another word
   */
  public StrideImageClassifier setHandleInvalid(String way) {
    if (!List.of(ERROR, SKIP, KEEP).contains(way)) {
      throw new IllegalArgumentException(
          "handleInvalid is error, skip or keep, found %s".formatted(way));
    }
    set(handleInvalid, way);
    return this;
  }

  /**
   * {@return this classifier, with batches of another size}
   *
   * @param pictures 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  public StrideImageClassifier setBatchSize(int pictures) {
    if (pictures < 1) {
      throw new IllegalArgumentException("batchSize is 1 or more, found %d".formatted(pictures));
    }
    set(batchSize, (Object) pictures);
    return this;
  }

  @Override
  public StrideImageClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /**
   * {@return the schema with the columns that {@link #transform} adds}
   *
   * @throws IllegalArgumentException if the column of pictures is missing or of another type, or
   *     one that is to be added is there
   */
  @Override
  public StructType transformSchema(StructType schema) {
    inputKind(schema);
    var result = schema;
    result = with(result, $(predictionCol), DataTypes.DoubleType);
    result = with(result, $(labelCol), DataTypes.StringType);
    result = with(result, $(probabilityCol), SQLDataTypes.VectorType());
    result = with(result, $(rawPredictionCol), SQLDataTypes.VectorType());
    return keeps() ? with(result, $(errorCol), DataTypes.StringType) : result;
  }

  private boolean keeps() {
    return $(handleInvalid).equals(KEEP);
  }

  private StructType with(StructType schema, String column, DataType type) {
    if (List.of(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "the column %s is there already: choose another name, or drop it".formatted(column));
    }
    return schema.add(column, type, true);
  }

  private PictureKind inputKind(StructType schema) {
    String column = $(inputCol);
    if (!List.of(schema.fieldNames()).contains(column)) {
      throw new IllegalArgumentException(
          "there is no column %s, the columns are %s: setInputCol names that of the pictures"
              .formatted(column, String.join(", ", schema.fieldNames())));
    }
    return PictureKind.of(column, schema.apply(column).dataType());
  }

  /**
   * Classifies the pictures of a data set.
   *
   * @param dataset has a column of pictures
   * @return its rows with columns for the class, its name, probabilities and outputs
   * @throws IllegalArgumentException if the columns do not fit, there is no model, or it is none
   *     that classifies
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    var schema = transformSchema(dataset.schema());
    if (!isDefined(model)) {
      throw new IllegalArgumentException("there is no model: setModel names its file");
    }
    var session = (SparkSession) dataset.sparkSession();
    var configuration = session.sessionState().newHadoopConf();
    byte[] bytes = bytes($(model), configuration);
    var checked = new ModelBytes(bytes).model($(model));
    if (!checked.task().classifies()) {
      throw new IllegalArgumentException(
          "%s does not classify pictures, its task is %s"
              .formatted($(model), checked.task().key()));
    }
    var context = session.sparkContext();
    var shared =
        context.broadcast(new ModelBytes(bytes), ClassTag$.MODULE$.apply(ModelBytes.class));
    var rows =
        new ClassifiedRows(
            shared,
            new SerializableConfiguration(configuration),
            inputKind(dataset.schema()),
            List.of(dataset.schema().fieldNames()).indexOf($(inputCol)),
            List.of(dataset.schema().fieldNames()).indexOf("path"),
            (Integer) $(batchSize),
            ClassifiedRows.Broken.valueOf($(handleInvalid).toUpperCase(Locale.ROOT)));
    MapPartitionsFunction<Row, Row> work = rows::of;
    return dataset.toDF().mapPartitions(work, Encoders.row(schema));
  }

  private static byte[] bytes(String file, Configuration configuration) {
    var path = new Path(file);
    try (var stream = path.getFileSystem(configuration).open(path)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the model cannot be read: " + e.getMessage(), e);
    }
  }
}
