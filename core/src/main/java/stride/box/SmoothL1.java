package stride.box;

/**
 * Smooth L1 (Girshick 2015, "Fast R-CNN", equation 3): with the difference d of prediction and
 * target, d^2 / (2 beta) if |d| is below beta, else |d| - beta / 2.
 *
 * @param beta where the parabola ends; 0 for L1
 */
public record SmoothL1(double beta) {
  /**
   * Returns the sum of the losses of some numbers, and adds its gradient.
   *
   * @param predicted the predictions
   * @param at where they begin
   * @param targets what they should be
   * @param target where those begin
   * @param count how many
   * @param weight what the sum and its gradient are multiplied by
   * @param gradient the gradient of the predictions, which is added to
   * @param to where it begins
   * @return the sum times the weight
   */
  public double add(
      float[] predicted,
      int at,
      float[] targets,
      int target,
      int count,
      double weight,
      float[] gradient,
      int to) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double difference = (double) predicted[at + i] - targets[target + i];
      double distance = Math.abs(difference);
      if (distance < beta) {
        sum += difference * difference / (2 * beta);
        gradient[to + i] += (float) (weight * difference / beta);
      } else {
        sum += distance - beta / 2;
        gradient[to + i] += (float) (weight * Math.signum(difference));
      }
    }
    return weight * sum;
  }
}
