package stride.train;

import java.util.List;
import stride.graph.Graph;

/**
 * Softmax with cross-entropy on logits z: L = -sum of w_j y_j log softmax(z)_j, averaged over the
 * batch; dz = (softmax(z) sum(w y) - w y) / N. A class as target is the y with a one at its place.
 * The row's maximum is taken off before the exponential, so that no logit is too large.
 *
 * <p>As PyTorch's CrossEntropyLoss has it: label smoothing makes y = (1 - smoothing) y + smoothing
 * / classes, and with weights and classes as targets the N of the average is the sum of the weights
 * of the batch's classes.
 *
 * @param smoothing in [0, 1) (Szegedy et al. 2016, "Rethinking the Inception Architecture", section
 *     7), mostly 0.1
 * @param weights one w for each class, 0 or more; empty where all are 1
 */
public record SoftmaxCrossEntropy(double smoothing, List<Double> weights) implements Loss {
  private static final String NAME = "softmax cross-entropy";

  public SoftmaxCrossEntropy {
    weights = List.copyOf(weights);
    ClassWeights.check(weights);
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("labels are smoothed by 0 to below 1, found " + smoothing);
    }
  }

  /** Without smoothing and weights. */
  public SoftmaxCrossEntropy() {
    this(0, List.of());
  }

  /** The same with label smoothing. */
  public SoftmaxCrossEntropy smoothing(double smoothing) {
    return new SoftmaxCrossEntropy(smoothing, weights);
  }

  /** The same with a weight for each class. */
  public SoftmaxCrossEntropy weights(List<Double> weights) {
    return new SoftmaxCrossEntropy(smoothing, weights);
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var logits = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    float[] z = logits.array();
    float[] dz = gradient.array();
    int classes = logits.stride();
    if (!weights.isEmpty() && weights.size() != classes) {
      throw new IllegalArgumentException(
          "there are weights for %d classes, the network has %d outputs"
              .formatted(weights.size(), classes));
    }
    targets.requireSamples(samples);
    if (targets.soft()) {
      targets.requireWidth(NAME, classes);
    }
    double count = count(targets, samples, classes);
    double total = 0;
    for (int n = 0; n < samples; n++) {
      int at = logits.at(n);
      int to = gradient.at(n);
      float max = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < classes; j++) {
        max = Math.max(max, z[at + j]);
      }
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += Math.exp((double) z[at + j] - max);
      }
      double logSum = Math.log(sum);
      double weight = 0;
      for (int j = 0; j < classes; j++) {
        weight += weighted(targets, n, j, classes);
      }
      for (int j = 0; j < classes; j++) {
        double logP = (double) z[at + j] - max - logSum;
        double y = weighted(targets, n, j, classes);
        if (y != 0) {
          total -= y * logP;
        }
        dz[to + j] = (float) ((weight * Math.exp(logP) - y) / count);
      }
    }
    return total / count;
  }

  /** What the sum of the losses is divided by. */
  private double count(Targets targets, int samples, int classes) {
    if (targets.soft()) {
      return samples;
    }
    double count = 0;
    for (int n = 0; n < samples; n++) {
      count += weight(checkedLabel(targets.label(n), classes));
    }
    return count == 0 ? 1 : count;
  }

  /** w_j y_j, smoothed. */
  private double weighted(Targets targets, int sample, int j, int classes) {
    double y;
    if (targets.soft()) {
      y = targets.share(NAME, sample, j);
    } else {
      y = j == targets.label(sample) ? 1 : 0;
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
