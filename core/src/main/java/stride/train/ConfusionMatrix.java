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
 * Counts for each class how many of its images were predicted as each class.
 *
 * <pre>{@code
 * var matrix = ConfusionMatrix.of(model, mnist.test(), Engine.shared());
 * for (var pair : matrix.mistaken().subList(0, 3)) { ... } // most frequent first
 * }</pre>
 *
 * @param labels the classes' names
 * @param counts counts[t][p] is the number of images of class t that were predicted as class p;
 *     shared, not copied
 */
@SuppressWarnings("ArrayRecordComponent") // A table of counts, never compared.
public record ConfusionMatrix(List<String> labels, int[][] counts) {
  private static final int BATCH = 64;

  /** Copies the labels. */
  public ConfusionMatrix {
    labels = List.copyOf(labels);
  }

  /**
   * Classifies all images of a data set and counts the predictions.
   *
   * @param model the model
   * @param data the images to classify
   * @param engine the engine to compute with
   * @return the matrix
   * @throws IllegalArgumentException if images may have several labels, or do not fit the model
   */
  public static ConfusionMatrix of(Model model, ImageDataset data, Engine engine) {
    if (data.isMultiLabel() || model.task() == Task.SEVERAL_LABELS) {
      throw new IllegalArgumentException(
          "images with several labels have no single predicted class: measure each label by"
              + " itself");
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
   * Counts predictions.
   *
   * @param labels the classes' names
   * @param truth the class of each image, from 0
   * @param predicted the predicted class of each image, from 0
   * @return the matrix
   */
  public static ConfusionMatrix of(List<String> labels, int[] truth, int[] predicted) {
    var counts = new int[labels.size()][labels.size()];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return new ConfusionMatrix(labels, counts);
  }

  /**
   * {@return the number of images of a class}
   *
   * @param label the class, from 0
   */
  public int support(int label) {
    return IntStream.of(counts[label]).sum();
  }

  /**
   * {@return the fraction of the images predicted as a class that are of it; NaN if none were}
   *
   * @param label the class, from 0
   */
  public double precision(int label) {
    int taken = 0;
    for (int[] row : counts) {
      taken += row[label];
    }
    return taken == 0 ? Double.NaN : counts[label][label] / (double) taken;
  }

  /**
   * {@return the fraction of the images of a class that were predicted as it; NaN if there are
   * none}
   *
   * @param label the class, from 0
   */
  public double recall(int label) {
    int all = support(label);
    return all == 0 ? Double.NaN : counts[label][label] / (double) all;
  }

  /**
   * {@return the harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn); NaN without
   * images}
   *
   * @param label the class, from 0
   */
  public double f1(int label) {
    int both = support(label);
    for (int[] row : counts) {
      both += row[label];
    }
    return both == 0 ? Double.NaN : 2 * counts[label][label] / (double) both;
  }

  /** {@return the number of all images} */
  public int images() {
    return IntStream.range(0, labels.size()).map(this::support).sum();
  }

  /** {@return the number of images that were predicted correctly} */
  public int right() {
    return IntStream.range(0, labels.size()).map(i -> counts[i][i]).sum();
  }

  /** {@return the classes with images, the lowest F1 first} */
  public List<Integer> worst() {
    return IntStream.range(0, labels.size())
        .filter(label -> support(label) > 0)
        .boxed()
        .sorted(Comparator.comparingDouble(this::f1))
        .toList();
  }

  /**
   * The images of one class that were predicted as another.
   *
   * @param truth their class
   * @param predicted the predicted class
   * @param count the number of images
   */
  public record Mistaken(int truth, int predicted, int count) {}

  /**
   * {@return the pairs of a class and a wrong prediction that occurred, the most frequent first}
   */
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
