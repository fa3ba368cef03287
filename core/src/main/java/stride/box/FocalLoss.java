package stride.box;

/**
 * Focal loss of independent classes (Lin et al. 2017, "Focal Loss for Dense Object Detection"):
 * with p the sigmoid of a logit, -alpha (1 - p)^gamma log(p) for the class that is there, and -(1 -
 * alpha) p^gamma log(1 - p) for each other.
 *
 * @param alpha the weight of what is there, in [0, 1]; negative for no weights
 * @param gamma how much less what is right already counts, 0 or more
 */
public record FocalLoss(double alpha, double gamma) {
  /** Creates the paper's loss: alpha 0.25, gamma 2. */
  public FocalLoss() {
    this(0.25, 2);
  }

  /**
   * Returns the loss of a row of classes, and adds its gradient.
   *
   * @param logits the logits
   * @param at where the row begins
   * @param classes the length of the row
   * @param label the class that is there, from 0; negative for none
   * @param weight what loss and gradient are multiplied by
   * @param gradient the gradient of the logits, which is added to
   * @param to where that of the row begins
   * @return the sum over the classes times the weight
   */
  public double add(
      float[] logits, int at, int classes, int label, double weight, float[] gradient, int to) {
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      // The loss of the other classes is that of the one that is there at -z.
      double sign = j == label ? 1 : -1;
      double z = sign * logits[at + j];
      double share = alpha < 0 ? 1 : j == label ? alpha : 1 - alpha;
      double e = Math.exp(-Math.abs(z));
      double p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
      double rest = z >= 0 ? e / (1 + e) : 1 / (1 + e);
      double crossEntropy = Math.max(-z, 0) + Math.log1p(e);
      double focus = gamma == 2 ? rest * rest : Math.pow(rest, gamma);
      sum += share * focus * crossEntropy;
      // d/dz of (1-p)^g ce = -(1-p)^g (g p ce + 1 - p).
      gradient[to + j] -=
          (float) (weight * sign * share * focus * (gamma * p * crossEntropy + rest));
    }
    return weight * sum;
  }

  /**
   * Returns the loss of background, where no class is there, and adds its gradient, from two
   * functions of their logits z that are computed faster for many at once.
   *
   * @param sigmoids 1 / (1 + e^-z) of each logit
   * @param softplus ln(1 + e^z) of each
   * @param losses receives the loss of each, without alpha and weight
   * @param count how many, from the beginning of the three arrays on
   * @param weight what loss and gradient are multiplied by
   * @param gradient the gradient of the logits, which is added to
   * @param to where it begins
   * @return the sum of the losses times the weight
   */
  public double addBackground(
      float[] sigmoids,
      float[] softplus,
      float[] losses,
      int count,
      double weight,
      float[] gradient,
      int to) {
    double share = weight * (alpha < 0 ? 1 : 1 - alpha);
    float factor = (float) share;
    float power = (float) gamma;
    for (int i = 0; i < count; i++) {
      float p = sigmoids[i];
      losses[i] = gamma == 2 ? p * p : (float) Math.pow(p, gamma);
    }
    for (int i = 0; i < count; i++) {
      // d/dz of p^g ce = p^g (g (1 - p) ce + p).
      float focus = losses[i];
      float p = sigmoids[i];
      float slope = focus * (power * (1 - p) * softplus[i] + p);
      gradient[to + i] += factor * slope;
      losses[i] = focus * softplus[i];
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += losses[i];
    }
    return share * sum;
  }
}
