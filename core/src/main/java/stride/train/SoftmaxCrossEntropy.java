package stride.train;

import stride.graph.Graph;

/**
 * Softmax with cross-entropy on logits z: L = -sum of y_j log softmax(z)_j, averaged over the
 * batch; dz = (softmax(z) sum(y) - y) / N. A class as target is the y with a one at its place. The
 * row's maximum is taken off before the exponential, so that no logit is too large.
 */
public record SoftmaxCrossEntropy() implements Loss {
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var logits = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    float[] z = logits.array();
    float[] dz = gradient.array();
    int classes = logits.stride();
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
      int label = targets.soft() ? -1 : checkedLabel(targets.label(n), classes);
      double weight = targets.soft() ? sum(targets, n, classes) : 1;
      for (int j = 0; j < classes; j++) {
        double logP = (double) z[at + j] - max - logSum;
        double y = targets.soft() ? targets.value(n, j) : j == label ? 1 : 0;
        if (y != 0) {
          total -= y * logP;
        }
        dz[to + j] = (float) ((weight * Math.exp(logP) - y) / samples);
      }
    }
    return total / samples;
  }

  private static double sum(Targets targets, int sample, int classes) {
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += targets.value(sample, j);
    }
    return sum;
  }

  private static int checkedLabel(int label, int classes) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "label %d is out of range, the network has %d outputs".formatted(label, classes));
    }
    return label;
  }
}
