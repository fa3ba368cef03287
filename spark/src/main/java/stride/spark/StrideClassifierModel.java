package stride.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * What {@link StrideClassifier} has learned: says which classes pictures have, as {@link
 * StrideImageClassifier} does. Saved, it is a folder with the model's file, which every part of
 * Stride reads, and the training's curves.
 */
public final class StrideClassifierModel extends Model<StrideClassifierModel>
    implements HasPictureColumns<StrideClassifierModel>, MLWritable {
  private static final long serialVersionUID = 1;

  private static final String FILE = "model.safetensors";
  private static final String CURVES = "curves";

  private final String uid;
  private final PictureColumns columns;
  private final IntParam batchSize;
  private @Nullable ModelBytes model;
  private @Nullable StrideTrainingSummary summary;

  /** The model on the executors; null until they need it. */
  private transient @Nullable Broadcast<ModelBytes> sent;

  /** The application of these executors. */
  private transient @Nullable SparkContext owner;

  /**
   * Creates a stage without a model, for Spark Connect, which looks for stages by their classes.
   */
  public StrideClassifierModel() {
    this(Identifiable.randomUID("strideClassifier"));
  }

  /**
   * Creates a stage without a model, which a reader fills.
   *
   * @param uid its name
   */
  public StrideClassifierModel(String uid) {
    // Before super(): Spark's constructor asks for it.
    this.uid = uid;
    super();
    columns = new PictureColumns(uid);
    columns.setDefaults(this);
    batchSize = PictureTransform.batchSize(uid);
    setDefault(batchSize, (Object) PictureTransform.BATCH);
  }

  StrideClassifierModel(String uid, ModelBytes model, StrideTrainingSummary summary) {
    this(uid);
    this.model = model;
    this.summary = summary;
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
  public StrideClassifierModel self() {
    return this;
  }

  /** {@return the parameter of the number of pictures that are computed together} */
  public IntParam batchSize() {
    return batchSize;
  }

  /**
   * {@return this stage, with batches of another size} With 1 the bits of an answer are those of
   * {@link stride.network.Model#classify}.
   *
   * @param pictures 1 or more
   * @throws IllegalArgumentException if there are fewer
   */
  public StrideClassifierModel setBatchSize(int pictures) {
    set(batchSize, (Object) pictures);
    return this;
  }

  private ModelBytes bytes() {
    if (model == null) {
      throw new IllegalStateException(
          "this stage has no model: StrideClassifier.fit or StrideClassifierModel.load gives one");
    }
    return model;
  }

  /** {@return the model, to use without Spark} */
  public stride.network.Model model() {
    return bytes().model("the model");
  }

  /** {@return the names of the classes} */
  public List<String> labels() {
    return model().labels();
  }

  /** {@return the number of classes} */
  public int numClasses() {
    return labels().size();
  }

  /** {@return how the training went; a model that was saved and read keeps its curves} */
  public StrideTrainingSummary summary() {
    if (summary == null) {
      throw new IllegalStateException("this stage has no summary");
    }
    return summary;
  }

  /** {@return whether there is a summary} */
  public boolean hasSummary() {
    return summary != null;
  }

  @Override
  public StrideClassifierModel copy(ParamMap extra) {
    var copy = new StrideClassifierModel(uid);
    copy.model = model;
    copy.summary = summary;
    copyValues(copy, extra);
    if (hasParent()) {
      var _ = copy.setParent(parent());
    }
    return copy;
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
   * @throws IllegalArgumentException if the columns do not fit
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    var schema = transformSchema(dataset.schema());
    var transform = PictureTransform.of(this, columns, (Integer) getOrDefault(batchSize));
    transform.check(bytes(), "the model");
    return transform.apply(dataset, schema, sent((SparkSession) dataset.sparkSession()));
  }

  /** The model on the executors, which are sent it once. */
  private synchronized Broadcast<ModelBytes> sent(SparkSession session) {
    var there = sent;
    if (there == null || session.sparkContext() != owner) {
      there = PictureTransform.broadcast(session, bytes());
      sent = there;
      owner = session.sparkContext();
    }
    return there;
  }

  @Override
  public MLWriter write() {
    return new Writer();
  }

  private final class Writer extends MLWriter {
    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter$.MODULE$.saveMetadata(StrideClassifierModel.this, path, sparkSession());
      var file = new Path(path, FILE);
      var session = (SparkSession) sparkSession();
      try (var stream =
          file.getFileSystem(session.sessionState().newHadoopConf()).create(file, true)) {
        stream.write(bytes().bytes());
      } catch (IOException e) {
        throw new UncheckedIOException("the model cannot be saved: " + e.getMessage(), e);
      }
      if (hasSummary()) {
        summary()
            .curves(sparkSession())
            .coalesce(1)
            .write()
            .json(new Path(path, CURVES).toString());
      }
    }
  }

  /** {@return what reads a saved model} */
  public static MLReader<StrideClassifierModel> read() {
    return new Reader();
  }

  /**
   * {@return a model that {@link #save} wrote}
   *
   * @param path where it was saved
   */
  public static StrideClassifierModel load(String path) {
    return read().load(path);
  }

  private static final class Reader extends MLReader<StrideClassifierModel> {
    private static boolean exists(Path path, SparkSession session) {
      try {
        return path.getFileSystem(session.sessionState().newHadoopConf()).exists(path);
      } catch (IOException e) {
        throw new UncheckedIOException("the model cannot be read: " + e.getMessage(), e);
      }
    }

    @Override
    public StrideClassifierModel load(String path) {
      var metadata =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, sparkSession(), StrideClassifierModel.class.getName());
      var stage = new StrideClassifierModel(metadata.uid());
      metadata.getAndSetParams(stage, metadata.getAndSetParams$default$2());
      var session = (SparkSession) sparkSession();
      stage.model =
          ModelBytes.read(new Path(path, FILE).toString(), session.sessionState().newHadoopConf());
      if (exists(new Path(path, CURVES), session)) {
        stage.summary =
            StrideTrainingSummary.of(
                session
                    .read()
                    .schema(StrideTrainingSummary.SCHEMA)
                    .json(new Path(path, CURVES).toString())
                    .orderBy("epoch")
                    .collectAsList());
      }
      return stage;
    }
  }
}
