package stride.app.report;

import java.util.ArrayList;
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
 * Which labels a model gives each image, of which an image may have several or none.
 *
 * @param truth truth[n][l]: whether image n has label l
 * @param probability probability[n][l]: that the model gave it, in [0, 1]; from 0.5 on it is a yes
 */
public record LabelPredictions(List<String> labels, boolean[][] truth, float[][] probability)
    implements Predictions {

  static LabelPredictions of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    int labels = data.labels().size();
    var predictions =
        new LabelPredictions(
            data.labels(), new boolean[data.size()][labels], new float[data.size()][labels]);
    PredictionCollector.of(
        model,
        data,
        engine,
        progress,
        (image, p) -> {
          for (int label = 0; label < labels; label++) {
            predictions.truth[image][label] = data.hasLabel(image, label);
            predictions.probability[image][label] = p.get(label);
          }
        });
    return predictions;
  }

  @Override
  public int images() {
    return truth.length;
  }

  private boolean isRight(int image, int label) {
    return truth[image][label] == probability[image][label] >= 0.5;
  }

  @Override
  public int right() {
    return (int)
        IntStream.range(0, images())
            .filter(n -> IntStream.range(0, labels.size()).allMatch(l -> isRight(n, l)))
            .count();
  }

  @Override
  public List<Score> scores() {
    return IntStream.range(0, labels.size())
        .mapToObj(label -> Score.of(labels.get(label), confusion(label), 1))
        .filter(score -> score.images() > 0)
        .sorted(Comparator.comparingDouble(Score::f1))
        .toList();
  }

  /** Images without a label, row 0, and with it. */
  private ConfusionMatrix confusion(int label) {
    var has = new int[images()];
    var said = new int[images()];
    for (int n = 0; n < has.length; n++) {
      has[n] = truth[n][label] ? 1 : 0;
      said[n] = probability[n][label] >= 0.5 ? 1 : 0;
    }
    return ConfusionMatrix.of(List.of("no", "yes"), has, said);
  }

  @Override
  public List<Mistake> mistakes() {
    var mistakes = new ArrayList<Mistake>();
    for (int n = 0; n < images(); n++) {
      for (int label = 0; label < labels.size(); label++) {
        if (!isRight(n, label)) {
          mistakes.add(new Mistake(n, label, caption(n, label)));
        }
      }
    }
    mistakes.sort(Comparator.comparingDouble((Mistake m) -> -sureness(m.image(), m.label())));
    return List.copyOf(mistakes);
  }

  private double sureness(int image, int label) {
    return Math.abs(probability[image][label] - 0.5);
  }

  private String caption(int image, int label) {
    return "%s <b>%s</b>, which it %s (%s)"
        .formatted(
            truth[image][label] ? "has" : "has no",
            Html.escaped(labels.get(label)),
            truth[image][label] ? "did not see" : "saw",
            Figures.percent(probability[image][label]).replace(' ', '\u00a0'));
  }
}
