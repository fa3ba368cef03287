package stride.app.report;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;

/**
 * What a model says of each image of a data set.
 *
 * @param truth the images' classes, from 0
 * @param predicted the most probable class of each
 * @param probability that the model gave it, in [0, 1]
 */
public record Answers(List<String> labels, int[] truth, int[] predicted, float[] probability) {
  /** So many values of images are in memory at a time. */
  private static final int BATCH_VALUES = 1 << 23;

  /**
   * Asks a model.
   *
   * @param progress hears how many images are done
   */
  public static Answers of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    int size = data.size();
    var answers = new Answers(data.labels(), new int[size], new int[size], new float[size]);
    int batch = Math.clamp(BATCH_VALUES / data.shape().elements(), 1, 256);
    for (int first = 0; first < size; first += batch) {
      int end = Math.min(first + batch, size);
      var images =
          IntStream.range(first, end).parallel().mapToObj(i -> data.get(i).image()).toList();
      var said = model.classify(images, engine);
      for (int i = first; i < end; i++) {
        var p = said.get(i - first).probabilities();
        int top = IntStream.range(0, p.size()).reduce(0, (a, b) -> p.get(b) > p.get(a) ? b : a);
        answers.truth[i] = data.label(i);
        answers.predicted[i] = top;
        answers.probability[i] = p.get(top);
      }
      progress.accept(end);
    }
    return answers;
  }

  /** How often which class was taken for which. */
  public Confusion confusion() {
    return Confusion.of(labels, truth, predicted);
  }

  /** The images that were taken for something else, the surest first. */
  public List<Integer> mistakes() {
    return IntStream.range(0, truth.length)
        .filter(i -> truth[i] != predicted[i])
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -probability[i]))
        .toList();
  }
}
