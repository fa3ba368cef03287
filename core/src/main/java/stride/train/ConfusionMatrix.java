package stride.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Task;

/**
 * How often images of each class were taken for which class.
 *
 * <pre>{@code
 * var matrix = ConfusionMatrix.of(model, mnist.test(), Engine.shared());
 * for (var pair : matrix.mistaken().subList(0, 3)) { ... } // most frequent first
 * }</pre>
 *
 * @param labels the classes' names
 * @param counts counts[t][p]: images of class t that were taken for class p; shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // A table of counts, never compared.
public record ConfusionMatrix(List<String> labels, int[][] counts) {
  private static final int BATCH = 64;

  public ConfusionMatrix {
    labels = List.copyOf(labels);
  }

  /**
   * Classifies all images of a data set and counts which class each was taken for.
   *
   * @throws IllegalArgumentException if images may have several labels, or do not fit the model
   */
  public static ConfusionMatrix of(Model model, ImageDataset data, Engine engine) {
    if (data.isMultiLabel() || model.task() == Task.SEVERAL_LABELS) {
      throw new IllegalArgumentException(
          "images with several labels are not taken for one class: measure each label by itself");
    }
    int classes = model.task().classes(model.network().output());
    var classifier = model.classifier(engine);
    var truth = new int[data.size()];
    var predicted = new int[data.size()];
    for (int first = 0; first < truth.length; first += BATCH) {
      int end = Math.min(first + BATCH, truth.length);
      var images = IntStream.range(first, end).mapToObj(i -> data.get(i).image()).toList();
      var answers = classifier.classify(images);
      for (int i = first; i < end; i++) {
        truth[i] = data.label(i);
        predicted[i] = answers.get(i - first).top(1).getFirst().index();
      }
    }
    var labels =
        model.labels().isEmpty()
            ? IntStream.range(0, classes).mapToObj(Integer::toString).toList()
            : model.labels();
    return of(labels, truth, predicted);
  }

  /**
   * Counts answers.
   *
   * @param truth the classes, from 0
   * @param predicted what they were taken for, as many
   */
  public static ConfusionMatrix of(List<String> labels, int[] truth, int[] predicted) {
    var counts = new int[labels.size()][labels.size()];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return new ConfusionMatrix(labels, counts);
  }

  /** The images of a class. */
  public int support(int label) {
    return IntStream.of(counts[label]).sum();
  }

  /** Of the images taken for a class, the part that is of it; NaN if none were. */
  public double precision(int label) {
    int taken = 0;
    for (int[] row : counts) {
      taken += row[label];
    }
    return taken == 0 ? Double.NaN : counts[label][label] / (double) taken;
  }

  /** Of the images of a class, the part that was taken for it; NaN if there are none. */
  public double recall(int label) {
    int all = support(label);
    return all == 0 ? Double.NaN : counts[label][label] / (double) all;
  }

  /** The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn); NaN without images. */
  public double f1(int label) {
    int both = support(label);
    for (int[] row : counts) {
      both += row[label];
    }
    return both == 0 ? Double.NaN : 2 * counts[label][label] / (double) both;
  }

  /** All images. */
  public int images() {
    return IntStream.range(0, labels.size()).map(this::support).sum();
  }

  /** The images that were taken for what they are. */
  public int right() {
    return IntStream.range(0, labels.size()).map(i -> counts[i][i]).sum();
  }

  /** The classes with images, the lowest F1 first. */
  public List<Integer> worst() {
    return IntStream.range(0, labels.size())
        .filter(label -> support(label) > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(this::f1))
        .toList();
  }

  /** Images of one class that were taken for another. */
  public record Mistaken(int truth, int predicted, int count) {}

  /** The pairs of classes that are taken for each other, the most frequent first. */
  public List<Mistaken> mistaken() {
    var pairs = new ArrayList<Mistaken>();
    for (int t = 0; t < counts.length; t++) {
      for (int p = 0; p < counts.length; p++) {
        if (t != p && counts[t][p] > 0) {
          pairs.add(new Mistaken(t, p, counts[t][p]));
        }
      }
    }
    pairs.sort(Comparator.comparingInt(Mistaken::count).reversed());
    return pairs;
  }
}
