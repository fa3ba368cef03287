package stride.app.report;

import java.util.List;
import java.util.function.IntConsumer;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.image.Image;
import stride.network.Model;

/** Asks a model about all images of a data set, some at a time. */
final class PredictionCollector {
  /** So many values of images are in memory at a time. */
  private static final int BATCH_VALUES = 1 << 23;

  private PredictionCollector() {}

  /** Hears what the model says of an image: a probability for each class. */
  interface Listener {
    void said(int image, List<Float> probabilities);
  }

  /**
   * Asks.
   *
   * @param progress hears how many images are done
   */
  static void of(
      Model model, ImageDataset data, Engine engine, IntConsumer progress, Listener listener) {
    int batch = Math.clamp(BATCH_VALUES / data.shape().elements(), 1, 256);
    for (int first = 0; first < data.size(); first += batch) {
      int end = Math.min(first + batch, data.size());
      int from = first;
      var images = new Image[end - first];
      engine.forEach(images.length, (i, worker) -> images[i] = data.get(from + i).image());
      var said = model.classify(List.of(images), engine);
      for (int i = first; i < end; i++) {
        listener.said(i, said.get(i - first).probabilities());
      }
      progress.accept(end);
    }
  }
}
