package stride.train;

import java.util.Arrays;
import java.util.List;
import stride.graph.Graph;

/**
 * Softmax with cross-entropy on logits z: L = -sum of w_j y_j log softmax(z)_j, averaged over the
 * batch; dz = (softmax(z) sum(w y) - w y) / N. If the target is a class, y is 1 for that class and
 * 0 for the others. If targets are a class for each pixel, the outputs are (H, W, classes), and the
 * average is over the pixels that have a class. The row's maximum is subtracted before the
 * exponential, so that it does not overflow.
 *
 * <p>As in PyTorch's CrossEntropyLoss, label smoothing replaces y by (1 - smoothing) y + smoothing
 * / classes, and with weights and classes as targets the N of the average is the sum of the weights
 * of the batch's classes.
 *
 * @param smoothing in [0, 1) (Szegedy et al. 2016, "Rethinking the Inception Architecture", section
 *     7), usually 0.1
 * @param weights one w for each class, 0 or more; empty if all are 1
 */
public record SoftmaxCrossEntropy(double smoothing, List<Double> weights) implements Loss {
  private static final String NAME = "softmax cross-entropy";

  /**
   * Copies the weights.
   *
   * @throws IllegalArgumentException if the smoothing or a weight is out of its range
   */
  public SoftmaxCrossEntropy {
    weights = List.copyOf(weights);
    ClassWeights.check(weights);
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("smoothing must be in [0, 1), was " + smoothing);
    }
  }

  /** Creates a loss without smoothing and weights. */
  public SoftmaxCrossEntropy() {
    this(0, List.of());
  }

  /**
   * {@return a copy with label smoothing}
   *
   * @param smoothing in [0, 1)
   */
  public SoftmaxCrossEntropy smoothing(double smoothing) {
    return new SoftmaxCrossEntropy(smoothing, weights);
  }

  /**
   * {@return a copy with a weight for each class}
   *
   * @param weights 0 or more for each class
   */
  public SoftmaxCrossEntropy weights(List<Double> weights) {
    return new SoftmaxCrossEntropy(smoothing, weights);
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var logits = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int places = targets.isClassMap() ? targets.pixels() : 1;
    int classes = logits.stride() / places;
    targets.requireSamples(samples);
    check(targets, logits.stride(), places, classes);
    double count = count(targets, samples, places, classes);
    double total = 0;
    for (int n = 0; n < samples; n++) {
      for (int place = 0; place < places; place++) {
        int at = logits.at(n) + place * classes;
        int to = gradient.at(n) + place * classes;
        if (targets.isClassMap() && targets.label(n, place) < 0) {
          Arrays.fill(gradient.array(), to, to + classes, 0);
        } else {
          total +=
              softmax(logits.array(), at, gradient.array(), to, targets, n, place, classes, count);
        }
      }
    }
    return total / count;
  }

  private void check(Targets targets, int outputs, int places, int classes) {
    if (targets.isClassMap() && outputs % places != 0) {
      throw new IllegalArgumentException(
          "the network has %d outputs, which is not a whole number of classes for each of %d pixels"
              .formatted(outputs, places));
    }
    if (!weights.isEmpty() && weights.size() != classes) {
      throw new IllegalArgumentException(
          "there are weights for %d classes, the network has %d outputs"
              .formatted(weights.size(), classes));
    }
    if (targets.soft()) {
      targets.requireWidth(NAME, classes);
    }
  }

  /** Returns the loss of one sample or pixel and writes its gradient. */
  private double softmax(
      float[] z,
      int at,
      float[] dz,
      int to,
      Targets targets,
      int sample,
      int place,
      int classes,
      double count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      max = Math.max(max, z[at + j]);
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += Math.exp((double) z[at + j] - max);
    }
    double logSum = Math.log(sum);
    int label = targets.soft() ? -1 : label(targets, sample, place);
    double weight = 0;
    for (int j = 0; j < classes; j++) {
      weight += weighted(targets, sample, label, j, classes);
    }
    double loss = 0;
    for (int j = 0; j < classes; j++) {
      double logP = (double) z[at + j] - max - logSum;
      double y = weighted(targets, sample, label, j, classes);
      if (y != 0) {
        loss -= y * logP;
      }
      dz[to + j] = (float) ((weight * Math.exp(logP) - y) / count);
    }
    return loss;
  }

  /** Returns the divisor of the sum of the losses. */
  private double count(Targets targets, int samples, int places, int classes) {
    if (targets.soft()) {
      return samples;
    }
    double count = 0;
    for (int n = 0; n < samples; n++) {
      for (int place = 0; place < places; place++) {
        int label = label(targets, n, place);
        if (label >= 0 || !targets.isClassMap()) {
          count += weight(checkedLabel(label, classes));
        }
      }
    }
    return count == 0 ? 1 : count;
  }

  private static int label(Targets targets, int sample, int place) {
    return targets.isClassMap() ? targets.label(sample, place) : targets.label(sample);
  }

  /**
   * Returns w_j y_j with smoothed y_j.
   *
   * @param label the sample's class; negative if its target is a row
   */
  private double weighted(Targets targets, int sample, int label, int j, int classes) {
    double y;
    if (label < 0) {
      y = targets.share(NAME, sample, j);
    } else {
      y = j == label ? 1 : 0;
    }
    return weight(j) * ((1 - smoothing) * y + smoothing / classes);
  }

  private double weight(int j) {
    return weights.isEmpty() ? 1 : weights.get(j);
  }

  private static int checkedLabel(int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "label %d is out of range, the network has %d outputs".formatted(label, classes));
    }
    return label;
  }
}
