package stride.kernel;

/**
 * One optimiser step over the weights [from, from + n) of w with gradients g, which are at the same
 * places, as is the optimiser's state; the formulas are PyTorch's. Decay rates near 1 are double,
 * since 1 - 0.999f is off by 1e-5 of itself.
 */
public interface Updates {
  /**
   * Stochastic gradient descent: g += decay w; v = momentum v + g; w -= rate v, or w -= rate (g +
   * momentum v) if {@code nesterov}.
   */
  void sgd(
      float[] w,
      float[] g,
      float[] v,
      int from,
      int n,
      float rate,
      float momentum,
      boolean nesterov,
      float decay);

  /**
   * Adam (Kingma and Ba 2014): m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -=
   * rate / correction1 * m / (sqrt(v / correction2) + epsilon), with g += decay w first, or, if
   * {@code decoupled} (AdamW, Loshchilov and Hutter 2017), w *= 1 - rate decay first.
   *
   * @param correction1 1 - beta1^t
   * @param correction2 1 - beta2^t
   */
  void adam(
      float[] w,
      float[] g,
      float[] m,
      float[] v,
      int from,
      int n,
      float rate,
      double beta1,
      double beta2,
      float epsilon,
      float correction1,
      float correction2,
      float decay,
      boolean decoupled);

  /**
   * RMSprop (Hinton, lecture 6e): g += decay w; s = alpha s + (1 - alpha) g^2; b = momentum b + g /
   * (sqrt(s) + epsilon); w -= rate b.
   */
  void rmsprop(
      float[] w,
      float[] g,
      float[] s,
      float[] b,
      int from,
      int n,
      float rate,
      double alpha,
      float epsilon,
      float momentum,
      float decay);
}
