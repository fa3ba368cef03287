package stride.app.report;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import stride.app.console.Figures;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;
import stride.train.ConfusionMatrix;

/**
 * The class that a model gives each image.
 *
 * @param truth the images' classes, from 0
 * @param predicted the most probable class of each
 * @param probability that the model gave it, in [0, 1]
 */
public record ClassPredictions(
    List<String> labels, int[] truth, int[] predicted, float[] probability) implements Predictions {

  static ClassPredictions of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    int size = data.size();
    var predictions =
        new ClassPredictions(data.labels(), new int[size], new int[size], new float[size]);
    PredictionCollector.of(
        model,
        data,
        engine,
        progress,
        (image, p) -> {
          int top = IntStream.range(0, p.size()).reduce(0, (a, b) -> p.get(b) > p.get(a) ? b : a);
          predictions.truth[image] = data.label(image);
          predictions.predicted[image] = top;
          predictions.probability[image] = p.get(top);
        });
    return predictions;
  }

  /** How often which class was taken for which. */
  public ConfusionMatrix confusion() {
    return ConfusionMatrix.of(labels, truth, predicted);
  }

  @Override
  public int images() {
    return truth.length;
  }

  @Override
  public int right() {
    return confusion().right();
  }

  @Override
  public List<Score> scores() {
    var confusion = confusion();
    return confusion.worst().stream()
        .map(label -> Score.of(labels.get(label), confusion, label))
        .toList();
  }

  @Override
  public List<Mistake> mistakes() {
    return IntStream.range(0, truth.length)
        .filter(i -> truth[i] != predicted[i])
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -probability[i]))
        .map(i -> new Mistake(i, predicted[i], caption(i)))
        .toList();
  }

  private String caption(int image) {
    return "is <b>%s</b>, taken for <b>%s</b> (%s)"
        .formatted(
            Html.escaped(labels.get(truth[image])),
            Html.escaped(labels.get(predicted[image])),
            Figures.percent(probability[image]).replace(' ', '\u00a0'));
  }
}
