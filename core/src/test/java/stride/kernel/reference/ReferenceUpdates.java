package stride.kernel.reference;

/** Optimiser steps on whole arrays, in place; the formulas are those of PyTorch's documentation. */
public final class ReferenceUpdates {
  private ReferenceUpdates() {}

  /** Stochastic gradient descent with the velocity v. */
  public static void sgd(
      double[] w,
      double[] g,
      double[] v,
      double rate,
      double momentum,
      boolean nesterov,
      double decay) {
    for (int i = 0; i < w.length; i++) {
      double gradient = g[i] + decay * w[i];
      v[i] = momentum * v[i] + gradient;
      w[i] -= rate * (nesterov ? gradient + momentum * v[i] : v[i]);
    }
  }

  /**
   * Step {@code t}, from 1, of Adam, or of AdamW if {@code decoupled}, with the moments m and v.
   */
  public static void adam(
      double[] w,
      double[] g,
      double[] m,
      double[] v,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      int t,
      double decay,
      boolean decoupled) {
    for (int i = 0; i < w.length; i++) {
      double gradient = g[i];
      if (decoupled) {
        w[i] -= rate * decay * w[i];
      } else {
        gradient += decay * w[i];
      }
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
      double unbiasedM = m[i] / (1 - Math.pow(beta1, t));
      double unbiasedV = v[i] / (1 - Math.pow(beta2, t));
      w[i] -= rate * unbiasedM / (Math.sqrt(unbiasedV) + epsilon);
    }
  }

  /** RMSprop with the mean square s and the momentum buffer b. */
  public static void rmsprop(
      double[] w,
      double[] g,
      double[] s,
      double[] b,
      double rate,
      double alpha,
      double epsilon,
      double momentum,
      double decay) {
    for (int i = 0; i < w.length; i++) {
      double gradient = g[i] + decay * w[i];
      s[i] = alpha * s[i] + (1 - alpha) * gradient * gradient;
      b[i] = momentum * b[i] + gradient / (Math.sqrt(s[i]) + epsilon);
      w[i] -= rate * b[i];
    }
  }
}
