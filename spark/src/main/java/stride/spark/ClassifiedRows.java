package stride.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.image.Image;
import stride.network.Classifier;
import stride.network.Model;
import stride.tensor.Tensor;

/**
 * Classifies the pictures of a partition, a batch at a time: one task's work.
 *
 * @param shared the model, of which each executor has one
 * @param files opens paths
 * @param kind what the column of pictures holds
 * @param column the index of the column of pictures
 * @param pathColumn the index of the column that names pictures; -1 if there is none
 * @param batch the number of pictures that are computed together
 * @param broken what becomes of pictures that cannot be read
 */
record ClassifiedRows(
    Broadcast<ModelBytes> shared,
    SerializableConfiguration files,
    PictureKind kind,
    int column,
    int pathColumn,
    int batch,
    Broken broken)
    implements Serializable {
  /** Rows that are held for a batch of one picture, where most pictures are broken. */
  private static final int MOST_ROWS = 4;

  /** What becomes of pictures that cannot be read. */
  enum Broken {
    ERROR,
    SKIP,
    KEEP
  }

  /** Classifies the pictures of rows. */
  Iterator<Row> of(Iterator<Row> rows) {
    var model = shared.value().model("the model");
    return new Batches(rows, model, shared.value().engine());
  }

  /** Rows with their answers; holds one batch. */
  private final class Batches implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Model model;
    private final Engine engine;
    private final Classifier classifier;
    private final Queue<Row> answered = new ArrayDeque<>();

    Batches(Iterator<Row> rows, Model model, Engine engine) {
      this.rows = rows;
      this.model = model;
      this.engine = engine;
      classifier = model.classifier(engine);
    }

    @Override
    public boolean hasNext() {
      while (answered.isEmpty() && rows.hasNext()) {
        readBatch();
      }
      return !answered.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return answered.remove();
    }

    /** Reads rows until a batch is full, and answers them in their order. */
    private void readBatch() {
      var read = new ArrayList<Row>();
      var whole = new ArrayList<Image>();
      var images = new ArrayList<@Nullable Image>();
      var errors = new ArrayList<@Nullable String>();
      while (whole.size() < batch && rows.hasNext() && read.size() < MOST_ROWS * batch) {
        var row = rows.next();
        try {
          var image = image(row);
          whole.add(image);
          images.add(image);
          errors.add(null);
          read.add(row);
        } catch (IOException | IllegalArgumentException e) {
          String said = named(row) + message(e);
          switch (broken) {
            case ERROR ->
                throw new UncheckedIOException(
                    said + " (handleInvalid skip or keep goes on)",
                    e instanceof IOException known ? known : new IOException(e));
            case SKIP -> {}
            case KEEP -> {
              images.add(null);
              errors.add(said);
              read.add(row);
            }
          }
        }
      }
      var logits = compute(whole).iterator();
      for (int i = 0; i < read.size(); i++) {
        answered.add(
            images.get(i) == null
                ? with(read.get(i), null, null, null, null, errors.get(i))
                : answer(read.get(i), logits.next()));
      }
    }

    private Image image(Row row) throws IOException {
      Object value = row.get(column);
      if (value == null) {
        throw new IOException("there is no picture");
      }
      return kind.prepare(value, model.preprocessing(), files.value());
    }

    /** A plan of the whole batch also for fewer pictures: so their bits do not depend on that. */
    private List<Tensor> compute(List<Image> images) {
      if (images.isEmpty()) {
        return List.of();
      }
      var graph = model.network().graph();
      return engine.withPlan(
          graph,
          model.weights(),
          batch,
          Purpose.inference(),
          plan -> {
            for (int n = 0; n < images.size(); n++) {
              plan.input().write(n, model.preprocessing().normalize(images.get(n)).data());
            }
            plan.forward(images.size());
            var shape = graph.type(graph.output(Graph.OUTPUT)).shape();
            var logits = new ArrayList<Tensor>();
            for (int n = 0; n < images.size(); n++) {
              logits.add(new Tensor(shape, plan.output(Graph.OUTPUT).read(n)));
            }
            return logits;
          });
    }

    private Row answer(Row row, Tensor logits) {
      var classes = classifier.classification(logits);
      var best = classes.top(1).getFirst();
      double[] probabilities =
          classes.probabilities().stream().mapToDouble(Float::doubleValue).toArray();
      double[] outputs = new double[logits.data().length];
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = logits.data()[i];
      }
      return with(
          row,
          (double) best.index(),
          best.label(),
          Vectors.dense(probabilities),
          Vectors.dense(outputs),
          null);
    }

    private Row with(
        Row row,
        @Nullable Double prediction,
        @Nullable String label,
        @Nullable Vector probabilities,
        @Nullable Vector outputs,
        @Nullable String error) {
      int own = row.size();
      var values = new @Nullable Object[own + (broken == Broken.KEEP ? 5 : 4)];
      for (int i = 0; i < own; i++) {
        values[i] = row.get(i);
      }
      values[own] = prediction;
      values[own + 1] = label;
      values[own + 2] = probabilities;
      values[own + 3] = outputs;
      if (broken == Broken.KEEP) {
        values[own + 4] = error;
      }
      return RowFactory.create(values);
    }

    /** "hdfs:/pictures/cat.jpg: ", if the row says where its picture is from. */
    private String named(Row row) {
      int at = kind == PictureKind.PATH ? column : pathColumn;
      return at < 0 || row.isNullAt(at) ? "" : row.get(at) + ": ";
    }

    private String message(Exception e) {
      return e instanceof FileNotFoundException
          ? "there is no such file"
          : String.valueOf(e.getMessage());
    }
  }
}
