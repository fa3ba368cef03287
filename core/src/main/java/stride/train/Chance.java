package stride.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.ImageDataset;

/**
 * The loss and accuracy of the best constant prediction, which a network reaches without looking at
 * the images.
 *
 * @param loss the mean training loss
 * @param accuracy the fraction of the training images predicted correctly, in [0, 1]
 */
record Chance(double loss, double accuracy) {

  /**
   * Returns the result on a training set, or null if the loss is not one of Stride's.
   *
   * @param soft whether targets are rows of values
   * @param outputs the number of the network's outputs
   */
  static @Nullable Chance of(Loss loss, ImageDataset data, boolean soft, int outputs) {
    return switch (loss) {
      case AuxiliaryLoss auxiliary -> {
        var one = of(auxiliary.loss(), data, soft, outputs);
        yield one == null
            ? null
            : new Chance(
                one.loss * (1 + auxiliary.weight() * auxiliary.heads().size()), one.accuracy);
      }
      case SoftmaxCrossEntropy softmax when !data.isMultiLabel() ->
          ofClasses(softmax, frequencies(data), soft, outputs);
      case BinaryCrossEntropy binary -> ofLabels(binary, data);
      default -> null;
    };
  }

  /**
   * With m_j the mean of w_j y_j, the best constant softmax is m_j / sum of m, and the loss is the
   * sum of -m_j log(m_j / sum of m), divided by the mean weight if targets are classes.
   */
  private static Chance ofClasses(
      SoftmaxCrossEntropy loss, double[] frequencies, boolean soft, int outputs) {
    double sum = 0;
    double meanWeight = 0;
    double accuracy = 0;
    var m = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      double frequency = j < frequencies.length ? frequencies[j] : 0;
      double weight = weight(loss.weights(), j);
      m[j] = weight * ((1 - loss.smoothing()) * frequency + loss.smoothing() / outputs);
      sum += m[j];
      meanWeight += weight * frequency;
      accuracy = Math.max(accuracy, frequency);
    }
    double total = 0;
    for (double part : m) {
      total -= part > 0 ? part * Math.log(part / sum) : 0;
    }
    return new Chance(total / (soft || meanWeight == 0 ? 1 : meanWeight), accuracy);
  }

  /**
   * Uses the best constant sigmoid for each label; an image counts as right if all of its labels
   * are those of the majority.
   */
  private static Chance ofLabels(BinaryCrossEntropy loss, ImageDataset data) {
    int labels = data.isMultiLabel() ? data.labels().size() : 1;
    var counts = new int[labels];
    for (int i = 0; i < data.size(); i++) {
      for (int label = 0; label < labels; label++) {
        counts[label] += has(data, i, label) ? 1 : 0;
      }
    }
    double total = 0;
    for (int label = 0; label < labels; label++) {
      double frequency = counts[label] / (double) data.size();
      double yes = (1 - loss.smoothing()) * frequency + loss.smoothing() / 2;
      double no = 1 - yes;
      yes *= weight(loss.weights(), label);
      total -= yes > 0 ? yes * Math.log(yes / (yes + no)) : 0;
      total -= no > 0 ? no * Math.log(no / (yes + no)) : 0;
    }
    int right = 0;
    for (int i = 0; i < data.size(); i++) {
      boolean all = true;
      for (int label = 0; label < labels; label++) {
        all &= has(data, i, label) == counts[label] * 2L > data.size();
      }
      right += all ? 1 : 0;
    }
    return new Chance(total / labels, right / (double) data.size());
  }

  /**
   * Whether an output's target is 1: with several labels for each label, with two classes for the
   * second.
   */
  private static boolean has(ImageDataset data, int image, int label) {
    return data.isMultiLabel() ? data.hasLabel(image, label) : data.label(image) == 1;
  }

  private static double[] frequencies(ImageDataset data) {
    var frequencies = new double[data.labels().size()];
    for (int i = 0; i < data.size(); i++) {
      frequencies[data.label(i)] += 1.0 / data.size();
    }
    return frequencies;
  }

  private static double weight(List<Double> weights, int j) {
    return weights.isEmpty() ? 1 : weights.get(j);
  }
}
