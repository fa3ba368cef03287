package stride.kernel.scalar;

import stride.kernel.Updates;

/** Optimiser steps: one loop over all weights each. */
public final class ScalarUpdates implements Updates {
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
      float beta1,
      float beta2,
      float epsilon,
      float correction1,
      float correction2,
      float decay,
      boolean decoupled) {
    float step = rate / correction1;
    float shrink = decoupled ? 1 - rate * decay : 1;
    float coupled = decoupled ? 0 : decay;
    for (int i = from; i < from + n; i++) {
      float weight = w[i] * shrink;
      float gradient = g[i] + coupled * weight;
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * (gradient * gradient);
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
      float alpha,
      float epsilon,
      float momentum,
      float decay) {
    for (int i = from; i < from + n; i++) {
      float gradient = g[i] + decay * w[i];
      s[i] = alpha * s[i] + (1 - alpha) * (gradient * gradient);
      b[i] = momentum * b[i] + gradient / ((float) Math.sqrt(s[i]) + epsilon);
      w[i] -= rate * b[i];
    }
  }
}
