package stride.app.report;

import java.util.List;
import java.util.function.IntConsumer;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Task;
import stride.train.ConfusionMatrix;

/** What a model says of each image of a data set. */
public sealed interface Predictions permits ClassPredictions, LabelPredictions {
  /**
   * Asks a model: for the class of each image, or for each label of each.
   *
   * @param progress hears how many images are done
   */
  static Predictions of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    return model.task() == Task.SEVERAL_LABELS
        ? LabelPredictions.of(model, data, engine, progress)
        : ClassPredictions.of(model, data, engine, progress);
  }

  /** The names of the classes. */
  List<String> labels();

  /** How many images there are. */
  int images();

  /** The images of which all was right. */
  int right();

  /** How well the classes are found that have images, the lowest F1 first. */
  List<Score> scores();

  /** What was wrong, the surest first. */
  List<Mistake> mistakes();

  /**
   * How well a class is found; NaN is what no image tells.
   *
   * @param precision of the images taken for the class, the part that is of it
   * @param recall of the images of the class, the part that was found
   * @param f1 the harmonic mean of both
   * @param images of the class
   */
  record Score(String label, double precision, double recall, double f1, int images) {
    static Score of(String label, ConfusionMatrix confusion, int row) {
      return new Score(
          label,
          confusion.precision(row),
          confusion.recall(row),
          confusion.f1(row),
          confusion.support(row));
    }
  }

  /**
   * Something wrong.
   *
   * @param image its index
   * @param label the class that was answered, wrongly, or was not
   * @param caption what it is and was taken for, as HTML
   */
  record Mistake(int image, int label, String caption) {}
}
