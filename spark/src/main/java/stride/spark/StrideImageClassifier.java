package stride.spark;

import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.StructType;
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
public final class StrideImageClassifier extends Transformer
    implements HasPictureColumns<StrideImageClassifier>, DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final PictureColumns columns;
  private final Param<String> model;
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
    columns = new PictureColumns(uid);
    columns.setDefaults(this);
    model =
        new Param<>(uid, "model", "the file of the model, in any file system that Hadoop reads");
    batchSize = PictureTransform.batchSize(uid);
    setDefault(batchSize, (Object) PictureTransform.BATCH);
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

  @Override
  public PictureColumns columns() {
    return columns;
  }

  @Override
  public StrideImageClassifier self() {
    return this;
  }

  /** {@return the parameter of the model's file} */
  public Param<String> model() {
    return model;
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
   * {@return this classifier, with batches of another size}
   *
   * @param pictures 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  public StrideImageClassifier setBatchSize(int pictures) {
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
    return columns.added(this, schema);
  }

  /**
   * Classifies the pictures of a data set.
   *
   * @param dataset has a column of pictures
   * @return its rows with columns for the class, its name, probabilities, outputs and features; a
   *     column whose name is empty is left out
   * @throws IllegalArgumentException if the columns do not fit, there is no model, or it is none
   *     that classifies and more than features is asked of it
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    var schema = transformSchema(dataset.schema());
    if (!isDefined(model)) {
      throw new IllegalArgumentException("there is no model: setModel names its file");
    }
    var session = (SparkSession) dataset.sparkSession();
    var bytes = ModelBytes.read($(model), session.sessionState().newHadoopConf());
    return PictureTransform.of(this, columns, (Integer) $(batchSize))
        .apply(dataset, schema, bytes, $(model));
  }
}
