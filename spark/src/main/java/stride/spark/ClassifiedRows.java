package stride.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
import stride.network.Classification;
import stride.network.Classifier;
import stride.network.Model;
import stride.tensor.Tensor;

/**
 * Classifies the pictures of a partition, a batch at a time: one task's work.
 *
 * @param shared the model, of which each executor has one
 * @param files opens paths; broadcast, so that an executor reads its thousand settings once, and
 *     not each task
 * @param kind what the column of pictures holds
 * @param column the index of the column of pictures
 * @param pathColumn the index of the column that names pictures; -1 if there is none
 * @param batch the number of pictures that are computed together
 * @param broken what becomes of pictures that cannot be read
 * @param added the columns to add, in this order
 */
record ClassifiedRows(
    Broadcast<ModelBytes> shared,
    Broadcast<SerializableConfiguration> files,
    PictureKind kind,
    int column,
    int pathColumn,
    int batch,
    Broken broken,
    List<Added> added)
    implements Serializable {
  /** Rows that are held for a batch of one picture, where most pictures are broken. */
  private static final int MOST_ROWS = 4;

  /** The output of features, beside the network's own. */
  private static final String FEATURES = "features";

  /** A column that rows get. */
  enum Added {
    PREDICTION,
    LABEL,
    PROBABILITY,
    RAW_PREDICTION,
    FEATURES,
    ERROR
  }

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

  /** Whether one of the columns is about classes. */
  static boolean asksClasses(List<Added> added) {
    return added.contains(Added.PREDICTION)
        || added.contains(Added.LABEL)
        || added.contains(Added.PROBABILITY)
        || added.contains(Added.RAW_PREDICTION);
  }

  /**
   * A model's network with its features as an output of their own.
   *
   * @throws IllegalArgumentException if it has no head
   */
  static Graph withFeatures(Model model) {
    var graph = model.network().graph();
    String last = model.network().backbone().graph().nodes().getLast().name();
    for (int node = 0; node < graph.nodes().size(); node++) {
      if (graph.nodes().get(node).name().equals(last)) {
        return graph.withOutputs(
            Map.of(Graph.OUTPUT, graph.output(Graph.OUTPUT), FEATURES, graph.edgeOf(node)));
      }
    }
    throw new IllegalStateException("the network has no layer " + last);
  }

  private static Vector vector(float[] values) {
    var doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return Vectors.dense(doubles);
  }

  /** What a network computes of a picture; there are no features if they are not asked for. */
  private record Computed(float[] logits, float[] features) {}

  /**
   * What rows say of a picture's classes.
   *
   * @param best the most probable one, the first of equals
   */
  private record Answer(int best, String label, Vector probabilities) {
    /** Without sorting the classes, which would take as long as a small layer for each picture. */
    static Answer of(Classification classes) {
      var probabilities = new double[classes.probabilities().size()];
      int best = 0;
      for (int c = 0; c < probabilities.length; c++) {
        probabilities[c] = classes.probabilities().get(c);
        if (probabilities[c] > probabilities[best]) {
          best = c;
        }
      }
      return new Answer(best, classes.labels().get(best), Vectors.dense(probabilities));
    }
  }

  /** Rows with their answers; holds one batch. */
  private final class Batches implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Model model;
    private final Engine engine;
    private final Graph graph;

    /** Null if nothing about classes is asked. */
    private final @Nullable Classifier classifier;

    private final Queue<Row> answered = new ArrayDeque<>();

    Batches(Iterator<Row> rows, Model model, Engine engine) {
      this.rows = rows;
      this.model = model;
      this.engine = engine;
      graph = added.contains(Added.FEATURES) ? withFeatures(model) : model.network().graph();
      classifier = asksClasses(added) ? model.classifier(engine) : null;
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
          String said = kind.named(row, column, pathColumn) + PictureRows.message(e);
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
      var computed = compute(whole).iterator();
      for (int i = 0; i < read.size(); i++) {
        var outputs = images.get(i) == null ? null : computed.next();
        answered.add(with(read.get(i), outputs, errors.get(i)));
      }
    }

    private Image image(Row row) throws IOException {
      Object value = row.get(column);
      if (value == null) {
        throw new IOException("there is no picture");
      }
      return kind.prepare(value, model.preprocessing(), files.value().value());
    }

    /** A plan of the whole batch also for fewer pictures: so their bits do not depend on that. */
    private List<Computed> compute(List<Image> images) {
      if (images.isEmpty()) {
        return List.of();
      }
      return engine.withPlan(
          graph,
          model.weights(),
          batch,
          added.contains(Added.FEATURES)
              ? Purpose.inference().withAllOutputs()
              : Purpose.inference(),
          plan -> {
            for (int n = 0; n < images.size(); n++) {
              plan.input().write(n, model.preprocessing().normalize(images.get(n)).data());
            }
            plan.forward(images.size());
            var computed = new ArrayList<Computed>();
            for (int n = 0; n < images.size(); n++) {
              computed.add(
                  new Computed(
                      plan.output(Graph.OUTPUT).read(n),
                      added.contains(Added.FEATURES)
                          ? plan.output(FEATURES).read(n)
                          : new float[0]));
            }
            return computed;
          });
    }

    private Row with(Row row, @Nullable Computed computed, @Nullable String error) {
      int own = row.size();
      var values = new @Nullable Object[own + added.size()];
      for (int i = 0; i < own; i++) {
        values[i] = row.get(i);
      }
      var classes =
          computed == null || classifier == null
              ? null
              : Answer.of(
                  classifier.classification(
                      new Tensor(model.network().output(), computed.logits())));
      for (int i = 0; i < added.size(); i++) {
        values[own + i] = value(added.get(i), computed, classes, error);
      }
      return RowFactory.create(values);
    }

    private @Nullable Object value(
        Added column,
        @Nullable Computed computed,
        @Nullable Answer classes,
        @Nullable String error) {
      return switch (column) {
        case ERROR -> error;
        case FEATURES -> computed == null ? null : vector(computed.features());
        case RAW_PREDICTION -> computed == null ? null : vector(computed.logits());
        case PREDICTION -> classes == null ? null : (double) classes.best();
        case LABEL -> classes == null ? null : classes.label();
        case PROBABILITY -> classes == null ? null : classes.probabilities();
      };
    }
  }
}
