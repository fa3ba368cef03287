package stride.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import stride.box.Ranking;
import stride.box.Suppression;
import stride.graph.Graph;
import stride.layer.Size;
import stride.network.Network;
import stride.train.Loss;

/**
 * FastestDet's boxes (Ma 2022, github.com/dog-qiuqiu/FastestDet). The network's output is (H, W, 5
 * + classes): each cell says the probability p of an object, four numbers of a box, and the
 * probabilities of the classes. Its box is of the class with the largest probability q and as sure
 * as p^0.6 q^0.4; what its four numbers mean, {@link FastestDetLoss} says.
 *
 * @param limits how sure boxes are, and how many there are of a picture
 * @param suppression the overlap from which on, of two boxes of a class, only the surer one stays
 */
public record FastestDetMethod(Limits limits, double suppression) implements DetectionMethod {
  private static final double OBJECT_SHARE = 0.6;
  private static final double CLASS_SHARE = 0.4;
  private static final int BEFORE_CLASSES = 5;

  public FastestDetMethod {
    MethodChecks.suppression(suppression);
  }

  /** Creates the method as it was published. */
  public FastestDetMethod() {
    this(new Limits(0.25, 100), 0.45);
  }

  /** Boxes of any score: those that are sure enough to be shown are too few for a curve. */
  @Override
  public Limits measured() {
    return new Limits(Math.min(0.001, limits.minScore()), Math.max(100, limits.maxBoxes()));
  }

  @Override
  public Set<String> outputs() {
    return Set.of(Graph.OUTPUT);
  }

  @Override
  public void check(Network network, List<String> labels) {
    var loss = FastestDetLoss.of(network.output());
    if (!labels.isEmpty() && labels.size() != loss.classes()) {
      throw new IllegalArgumentException(
          "the network tells %d classes apart, found %d labels"
              .formatted(loss.classes(), labels.size()));
    }
  }

  @Override
  public Loss loss(Network network) {
    return FastestDetLoss.of(network.output());
  }

  /** Pictures are stretched or squeezed to the network's input. */
  @Override
  public Size resized(Size picture, Size input) {
    return input;
  }

  @Override
  public boolean resizesBytes() {
    return true;
  }

  @Override
  public List<FoundBoxes> boxes(Computed computed, Limits limits) {
    var output = computed.outputs().value(Graph.OUTPUT);
    var shape = computed.shape(Graph.OUTPUT);
    var found = new ArrayList<FoundBoxes>();
    for (int n = 0; n < computed.sizes().size(); n++) {
      var cells =
          new Cells(output.array(), output.at(n), shape.height(), shape.width(), shape.channels());
      found.add(cells.boxes(computed.input(), limits, new Suppression(suppression)));
    }
    return found;
  }

  /** The cells of one picture. */
  private record Cells(float[] values, int at, int rows, int columns, int channels) {
    FoundBoxes boxes(Size input, Limits limits, Suppression suppression) {
      int count = rows * columns;
      var scores = new float[count];
      var labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = likeliest(at + i * channels);
        scores[i] = score(at + i * channels, labels[i]);
      }
      int[] sure = Ranking.best(scores, 0, count, count, (float) limits.minScore());
      var corners = new float[4 * sure.length];
      var sureScores = new float[sure.length];
      var sureLabels = new int[sure.length];
      for (int i = 0; i < sure.length; i++) {
        box(sure[i], input, corners, 4 * i);
        sureScores[i] = scores[sure[i]];
        sureLabels[i] = labels[sure[i]];
      }
      int[] kept = suppression.byClass(corners, sureScores, sureLabels);
      return chosen(
          corners, sureScores, sureLabels, kept, Math.min(kept.length, limits.maxBoxes()));
    }

    private int likeliest(int cell) {
      int label = 0;
      for (int c = 1; c < channels - BEFORE_CLASSES; c++) {
        if (values[cell + BEFORE_CLASSES + c] > values[cell + BEFORE_CLASSES + label]) {
          label = c;
        }
      }
      return label;
    }

    private float score(int cell, int label) {
      return (float)
          (Math.pow(values[cell], OBJECT_SHARE)
              * Math.pow(values[cell + BEFORE_CLASSES + label], CLASS_SHARE));
    }

    private void box(int cell, Size input, float[] corners, int to) {
      int from = at + cell * channels + 1;
      int row = cell / columns;
      int column = cell % columns;
      double x = (column + Math.tanh(values[from])) / columns;
      double y = (row + Math.tanh(values[from + 1])) / rows;
      double width = sigmoid(values[from + 2]);
      double height = sigmoid(values[from + 3]);
      corners[to] = (float) ((x - width / 2) * input.width());
      corners[to + 1] = (float) ((y - height / 2) * input.height());
      corners[to + 2] = (float) ((x + width / 2) * input.width());
      corners[to + 3] = (float) ((y + height / 2) * input.height());
    }

    private static double sigmoid(double x) {
      return 1 / (1 + Math.exp(-x));
    }

    private static FoundBoxes chosen(
        float[] corners, float[] scores, int[] labels, int[] kept, int count) {
      var chosen = new FoundBoxes(new float[4 * count], new float[count], new int[count]);
      for (int i = 0; i < count; i++) {
        System.arraycopy(corners, 4 * kept[i], chosen.corners(), 4 * i, 4);
        chosen.scores()[i] = scores[kept[i]];
        chosen.labels()[i] = labels[kept[i]];
      }
      return chosen;
    }
  }
}
