package stride.train;

/**
 * Changes of gradients and weights besides the optimiser's step.
 *
 * @param clipNorm the largest norm of all gradients together: larger ones are scaled down to it, as
 *     PyTorch's clip_grad_norm_ does; infinite for no limit
 * @param averaged the decay of an average of the weights in each step, in [0, 1), usually 0.999
 *     (Polyak and Juditsky 1992, as an exponential moving average); 0 for no average. The average
 *     is tested and saved
 * @param decaysAll whether weight decay acts on biases and on the weights of norms too, as in
 *     PyTorch's optimisers; otherwise it acts only on tensors of two and more dimensions (He et al.
 *     2019, "Bag of Tricks")
 */
public record UpdateOptions(double clipNorm, double averaged, boolean decaysAll) {
  /** No changes besides the optimiser's step. */
  public static final UpdateOptions NONE = new UpdateOptions(Double.POSITIVE_INFINITY, 0, true);

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public UpdateOptions {
    if (!(clipNorm > 0)) {
      throw new IllegalArgumentException(
          "the largest norm of gradients must be above 0, was " + clipNorm);
    }
    if (!(averaged >= 0 && averaged < 1)) {
      throw new IllegalArgumentException(
          "the decay of averaged weights must be in [0, 1), was " + averaged);
    }
  }

  /**
   * {@return a copy with clipped gradients}
   *
   * @param norm the largest norm of all gradients together, above 0
   */
  public UpdateOptions clipNorm(double norm) {
    return new UpdateOptions(norm, averaged, decaysAll);
  }

  /**
   * {@return a copy with an exponential moving average of the weights}
   *
   * @param decay the decay of the average in each step, in [0, 1)
   */
  public UpdateOptions averaged(double decay) {
    return new UpdateOptions(clipNorm, decay, decaysAll);
  }

  /** {@return a copy without weight decay of biases and norms} */
  public UpdateOptions decayMatricesOnly() {
    return new UpdateOptions(clipNorm, averaged, false);
  }

  boolean averages() {
    return averaged > 0;
  }
}
