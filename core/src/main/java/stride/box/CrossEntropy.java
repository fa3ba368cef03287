package stride.box;

/** Cross-entropy of single rows of logits, as a part of a detector's loss. */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Returns the softmax cross-entropy of a row, -log of softmax(z) at a class, and adds its
   * gradient.
   *
   * @param logits the logits
   * @param at where the row begins
   * @param classes the length of the row
   * @param label the class
   * @param weight what loss and gradient are multiplied by
   * @param gradient the gradient of the logits, which is added to
   * @param to where that of the row begins
   * @return the loss times the weight
   */
  public static double softmax(
      float[] logits, int at, int classes, int label, double weight, float[] gradient, int to) {
    double logSum = logSum(logits, at, classes);
    for (int j = 0; j < classes; j++) {
      double p = Math.exp(logits[at + j] - logSum);
      gradient[to + j] += (float) (weight * (p - (j == label ? 1 : 0)));
    }
    return weight * (logSum - logits[at + label]);
  }

  /**
   * {@return the softmax cross-entropy of a row, without gradient}
   *
   * @param logits the logits
   * @param at where the row begins
   * @param classes the length of the row
   * @param label the class
   */
  public static double softmax(float[] logits, int at, int classes, int label) {
    return logSum(logits, at, classes) - logits[at + label];
  }

  /** Returns the logarithm of the sum of the exponentials. */
  private static double logSum(float[] logits, int at, int classes) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      max = Math.max(max, logits[at + j]);
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += Math.exp((double) logits[at + j] - max);
    }
    return max + Math.log(sum);
  }

  /**
   * Returns the binary cross-entropy of a logit, -y log(s) - (1 - y) log(1 - s) with its sigmoid s,
   * and adds its gradient.
   *
   * @param logits the logits
   * @param at the place of the logit
   * @param target y, in [0, 1]
   * @param weight what loss and gradient are multiplied by
   * @param gradient the gradient of the logits, which is added to
   * @param to the place of that of the logit
   * @return the loss times the weight
   */
  public static double sigmoid(
      float[] logits, int at, double target, double weight, float[] gradient, int to) {
    double z = logits[at];
    double e = Math.exp(-Math.abs(z));
    double sigmoid = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    gradient[to] += (float) (weight * (sigmoid - target));
    return weight * (Math.max(z, 0) - z * target + Math.log1p(e));
  }
}
