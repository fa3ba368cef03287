package stride.kernel.scalar;

import stride.kernel.Updates;

/** Optimiser steps: one loop over all weights each. */
public final class ScalarUpdates implements Updates {
  /** Makes the optimiser steps; they have no state. */
  public ScalarUpdates() {}

  @Override
  public void sgd(
      float[] w,
      float[] g,
      float[] v,
      int from,
      int n,
      float rate,
      float momentum,
      boolean nesterov,
      float decay) {
    if (nesterov) {
      for (int i = from; i < from + n; i++) {
        float gradient = g[i] + decay * w[i];
        v[i] = momentum * v[i] + gradient;
        w[i] -= rate * (gradient + momentum * v[i]);
      }
    } else {
      for (int i = from; i < from + n; i++) {
        v[i] = momentum * v[i] + (g[i] + decay * w[i]);
        w[i] -= rate * v[i];
      }
    }
  }

  @Override
  public void adam(
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
      boolean decoupled) {
    float step = rate / correction1;
    float shrink = decoupled ? 1 - rate * decay : 1;
    float coupled = decoupled ? 0 : decay;
    float keepMean = (float) beta1;
    float newMean = (float) (1 - beta1);
    float keepSquare = (float) beta2;
    float newSquare = (float) (1 - beta2);
    for (int i = from; i < from + n; i++) {
      float weight = w[i] * shrink;
      float gradient = g[i] + coupled * weight;
      m[i] = keepMean * m[i] + newMean * gradient;
      v[i] = keepSquare * v[i] + newSquare * (gradient * gradient);
      w[i] = weight - step * m[i] / ((float) Math.sqrt(v[i] / correction2) + epsilon);
    }
  }

  @Override
  public void rmsprop(
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
      float decay) {
    float keepSquare = (float) alpha;
    float newSquare = (float) (1 - alpha);
    for (int i = from; i < from + n; i++) {
      float gradient = g[i] + decay * w[i];
      s[i] = keepSquare * s[i] + newSquare * (gradient * gradient);
      b[i] = momentum * b[i] + gradient / ((float) Math.sqrt(s[i]) + epsilon);
      w[i] -= rate * b[i];
    }
  }
}
