package stride.spark;

import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Learns which classes pictures have, on the executors of a cluster: an estimator of Spark ML.
 *
 * <pre>{@code
 * var model = new StrideClassifier().setNetwork("squeezenet1_1").setWeights("imagenet").setFreeze("backbone")
 *     .setInputCol("path").setLabelCol("label").setRanks(4).setBatchSize(16).setEpochs(10)
 *     .setCheckpointDir("hdfs:///checkpoints").fit(pictures);
 * model.transform(others).select("path", "prediction", "probability").show();
 * }</pre>
 *
 * <p>A step learns from a batch for each rank. The result depends on the rows, the settings and the
 * number of ranks alone: any number of tasks computes the same bits, with pictures in any
 * partitions, and so does a training that was broken off and tried again. Tasks run at the same
 * time, in a barrier stage; an executor that is lost, or silent for too long, ends it, and Spark
 * starts it again from the newest checkpoint.
 *
 * <p>The input column holds paths on storage that all executors can read, which is best: any task
 * reads any picture. Bytes of files and image structs are sent once to the tasks that learn from
 * them, and each rank learns from rows of its own.
 */
public final class StrideClassifier extends Estimator<StrideClassifierModel>
    implements HasPictureColumns<StrideClassifier>,
        HasTrainingParams<StrideClassifier>,
        DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final PictureColumns columns;
  private final TrainingParams training;

  /** Creates an estimator for pictures in the column "content" with classes in "label". */
  public StrideClassifier() {
    this(Identifiable.randomUID("strideClassifier"));
  }

  /**
   * Creates an estimator with a name of its own.
   *
   * @param uid the name, which Spark uses in saved pipelines
   */
  public StrideClassifier(String uid) {
    // Before super(): Spark's constructor asks for it.
    this.uid = uid;
    super();
    columns = new PictureColumns(uid);
    columns.setDefaults(this);
    training = new TrainingParams(uid);
    training.setDefaults(this);
  }

  /** {@return what reads a saved estimator} */
  public static MLReader<StrideClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /**
   * {@return an estimator that {@link #save} wrote}
   *
   * @param path where it was saved
   */
  public static StrideClassifier load(String path) {
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
  public TrainingParams training() {
    return training;
  }

  @Override
  public StrideClassifier self() {
    return this;
  }

  @Override
  public StrideClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /**
   * {@return the schema with the columns that the model adds}
   *
   * @throws IllegalArgumentException if the column of pictures or of classes is missing or of
   *     another type, or one that is to be added is there
   */
  @Override
  public StructType transformSchema(StructType schema) {
    var added = columns.added(this, schema);
    String label = getOrDefault(labelCol());
    ClassLabels.check(
        label, PictureColumns.field(schema, label, "setLabelCol names that of the classes"));
    if (isDefined(validationIndicatorCol())) {
      String measured = getOrDefault(validationIndicatorCol());
      var type =
          PictureColumns.field(
              schema, measured, "setValidationIndicatorCol names that of the rows to measure with");
      if (!type.equals(DataTypes.BooleanType)) {
        throw new IllegalArgumentException(
            "the column %s holds %s: true or false says whether to measure with a row"
                .formatted(measured, type.simpleString()));
      }
    }
    return added;
  }

  /**
   * Trains on the rows of a data set. They are read twice, or once if they hold paths: cache them
   * if it takes long to compute them.
   *
   * @param dataset has a column of pictures and one of classes
   * @return the model after the last epoch
   * @throws IllegalArgumentException if the columns, the settings, the network or the rows do not
   *     fit
   * @throws IllegalStateException if the cluster does not fit, or the training cannot go on: its
   *     loss becomes infinite, a picture is broken
   */
  @Override
  public StrideClassifierModel fit(Dataset<?> dataset) {
    var _ = transformSchema(dataset.schema());
    var result = new ClusterTraining(this, dataset).run();
    var model = new StrideClassifierModel(uid, new ModelBytes(result.model()), result.summary());
    columns.copy(this, model, model.columns());
    return model.setParent(this);
  }
}
