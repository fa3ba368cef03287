package stride.train;

/**
 * What is done to gradients and weights besides the optimiser's step.
 *
 * @param clipNorm the largest norm of all gradients together: larger ones are scaled down to it, as
 *     PyTorch's clip_grad_norm_ does; infinite for no limit
 * @param averaged how much of the average of the weights stays in each step, in [0, 1), mostly
 *     0.999 (Polyak and Juditsky 1992, as an exponential moving average); 0 for no average. The
 *     average is what is tested and saved
 * @param decaysAll whether weight decay acts on biases and on the weights of norms too, as
 *     PyTorch's optimisers have it; without it on tensors of two and more dimensions alone (He et
 *     al. 2019, "Bag of Tricks")
 */
public record UpdateOptions(double clipNorm, double averaged, boolean decaysAll) {
  /** Nothing but the optimiser's step. */
  public static final UpdateOptions NONE = new UpdateOptions(Double.POSITIVE_INFINITY, 0, true);

  public UpdateOptions {
    if (!(clipNorm > 0)) {
      throw new IllegalArgumentException("gradients' largest norm is above 0, found " + clipNorm);
    }
    if (!(averaged >= 0 && averaged < 1)) {
      throw new IllegalArgumentException(
          "an average keeps a part from 0 to below 1 of itself, found " + averaged);
    }
  }

  /** The same with gradients whose norm is at most this. */
  public UpdateOptions clipNorm(double norm) {
    return new UpdateOptions(norm, averaged, decaysAll);
  }

  /** The same with an exponential moving average of the weights. */
  public UpdateOptions averaged(double decay) {
    return new UpdateOptions(clipNorm, decay, decaysAll);
  }

  /** The same without weight decay of biases and norms. */
  public UpdateOptions decayMatricesOnly() {
    return new UpdateOptions(clipNorm, averaged, false);
  }

  boolean averages() {
    return averaged > 0;
  }
}
