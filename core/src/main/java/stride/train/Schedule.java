package stride.train;

/** The learning rate's course over a training. */
@FunctionalInterface
public interface Schedule {
  /**
   * What the learning rate is multiplied by.
   *
   * @param progress the part of all steps that are done, from 0 (the first step) to 1 (the last)
   */
  double factor(double progress);

  /** The same rate throughout. */
  static Schedule constant() {
    return progress -> 1;
  }

  /** From 1 to 0 along half a cosine (Loshchilov and Hutter 2016). */
  static Schedule cosine() {
    return progress -> 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }

  /**
   * One cycle (Smith and Topin 2017) as PyTorch's OneCycleLR: along a cosine from 1/25 up to 1 over
   * the first 30 % of the steps, then down to 1/250,000.
   */
  static Schedule oneCycle() {
    return progress ->
        progress < 0.3
            ? anneal(1.0 / 25, 1, progress / 0.3)
            : anneal(1, 1.0 / 250_000, (progress - 0.3) / 0.7);
  }

  private static double anneal(double from, double to, double progress) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }
}
