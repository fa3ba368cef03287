package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.Elementwise;

/** Element-wise kernels; the last few elements run through the same operations under a mask. */
final class VectorElementwise implements Elementwise {
  private static final int L = Lanes.COUNT;

  /** sqrt(2 / pi) and the cube's factor in GELU's approximation by tanh. */
  private static final float BEND = 0.7978845608f;

  private static final float CUBE = 0.044715f;

  /** 1 / sqrt(2 pi). */
  private static final float BELL_AT_ZERO = 0.3989422804f;

  private static final FloatVector ZERO = FloatVector.zero(Lanes.S);
  private static final FloatVector ONE = FloatVector.broadcast(Lanes.S, 1f);

  /** Coefficients of {@link #gelu} and {@link #softplus}. */
  private static final FloatVector T = FloatVector.broadcast(Lanes.S, 0.35f);

  private static final FloatVector P0 = FloatVector.broadcast(Lanes.S, 0.139621568f);
  private static final FloatVector P1 = FloatVector.broadcast(Lanes.S, 0.13985911f);
  private static final FloatVector P2 = FloatVector.broadcast(Lanes.S, 0.11985221f);
  private static final FloatVector P3 = FloatVector.broadcast(Lanes.S, 0.105433928f);
  private static final FloatVector P4 = FloatVector.broadcast(Lanes.S, -0.0229396715f);
  private static final FloatVector P5 = FloatVector.broadcast(Lanes.S, 0.158933213f);
  private static final FloatVector P6 = FloatVector.broadcast(Lanes.S, -0.255508181f);
  private static final FloatVector P7 = FloatVector.broadcast(Lanes.S, 0.143874062f);
  private static final FloatVector P8 = FloatVector.broadcast(Lanes.S, -0.029126254f);
  private static final FloatVector Q0 = FloatVector.broadcast(Lanes.S, 2f);
  private static final FloatVector Q1 = FloatVector.broadcast(Lanes.S, 0.666663147f);
  private static final FloatVector Q2 = FloatVector.broadcast(Lanes.S, 0.400249097f);
  private static final FloatVector Q3 = FloatVector.broadcast(Lanes.S, 0.279606108f);
  private static final FloatVector Q4 = FloatVector.broadcast(Lanes.S, 0.281782988f);

  private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
    return FloatVector.fromArray(Lanes.S, x, at, mask);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(Lanes.S, x, at);
  }

  @Override
  public void tanh(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      boolean whole = i + L <= n;
      var v = whole ? load(x, xo + i) : load(x, xo + i, Lanes.S.indexInRange(0, n - i));
      var result = VectorMath.tanh(v);
      if (whole) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void tanhGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      tanhSlope(load(y, yo + i)).mul(load(dy, dyo + i)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      tanhSlope(load(y, yo + i, mask)).mul(load(dy, dyo + i, mask)).intoArray(dx, dxo + i, mask);
    }
  }

  private static FloatVector tanhSlope(FloatVector y) {
    return y.neg().fma(y, FloatVector.broadcast(Lanes.S, 1f));
  }

  @Override
  public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      boolean whole = i + L <= n;
      var v = whole ? load(x, xo + i) : load(x, xo + i, Lanes.S.indexInRange(0, n - i));
      var result = VectorMath.sigmoid(v);
      if (whole) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void sigmoidGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      sigmoidSlope(load(y, yo + i)).mul(load(dy, dyo + i)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      sigmoidSlope(load(y, yo + i, mask)).mul(load(dy, dyo + i, mask)).intoArray(dx, dxo + i, mask);
    }
  }

  private static FloatVector sigmoidSlope(FloatVector y) {
    return y.neg().fma(y, y);
  }

  @Override
  public void silu(float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      var v = load(x, xo + i);
      VectorMath.sigmoid(v).mul(v).intoArray(y, yo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      var v = load(x, xo + i, mask);
      VectorMath.sigmoid(v).mul(v).intoArray(y, yo + i, mask);
    }
  }

  @Override
  public void siluGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      siluSlope(load(x, xo + i)).mul(load(dy, dyo + i)).intoArray(dx, dxo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      siluSlope(load(x, xo + i, mask)).mul(load(dy, dyo + i, mask)).intoArray(dx, dxo + i, mask);
    }
  }

  /** s (1 + x (1 - s)) = x s (1 - s) + s. */
  private static FloatVector siluSlope(FloatVector x) {
    var s = VectorMath.sigmoid(x);
    return sigmoidSlope(s).fma(x, s);
  }

  @Override
  public void relu(float[] x, int xo, float[] y, int yo, float ceiling, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      cutOff(load(x, xo + i), ceiling).intoArray(y, yo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      cutOff(load(x, xo + i, mask), ceiling).intoArray(y, yo + i, mask);
    }
  }

  private static FloatVector cutOff(FloatVector x, float ceiling) {
    var floored = x.blend(0f, x.compare(VectorOperators.LE, 0f));
    return floored.blend(ceiling, floored.compare(VectorOperators.GT, ceiling));
  }

  @Override
  public void reluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float ceiling, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      reluPasses(load(y, yo + i), load(dy, dyo + i), ceiling).intoArray(dx, dxo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      reluPasses(load(y, yo + i, mask), load(dy, dyo + i, mask), ceiling)
          .intoArray(dx, dxo + i, mask);
    }
  }

  private static FloatVector reluPasses(FloatVector y, FloatVector dy, float ceiling) {
    var passes = y.compare(VectorOperators.GT, 0f).and(y.compare(VectorOperators.LT, ceiling));
    return FloatVector.zero(Lanes.S).blend(dy, passes);
  }

  @Override
  public void add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      load(a, ao + i).add(load(b, bo + i)).intoArray(y, yo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      load(a, ao + i, mask).add(load(b, bo + i, mask)).intoArray(y, yo + i, mask);
    }
  }

  @Override
  public void scale(float scale, float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      load(x, xo + i).mul(scale).intoArray(y, yo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      load(x, xo + i, mask).mul(scale).intoArray(y, yo + i, mask);
    }
  }

  @Override
  public void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int i = 0;
    for (; i + L <= n; i += L) {
      load(a, ao + i).mul(load(b, bo + i)).intoArray(y, yo + i);
    }
    if (i < n) {
      var mask = Lanes.S.indexInRange(0, n - i);
      load(a, ao + i, mask).mul(load(b, bo + i, mask)).intoArray(y, yo + i, mask);
    }
  }

  /**
   * Returns the rest of a range from {@code at} on: a vector, or its last few floats under a mask.
   */
  private static FloatVector load(float[] x, int at, int left) {
    return left >= L ? load(x, at) : load(x, at, Lanes.S.indexInRange(0, left));
  }

  private static void store(FloatVector v, float[] y, int at, int left) {
    if (left >= L) {
      v.intoArray(y, at);
    } else {
      v.intoArray(y, at, Lanes.S.indexInRange(0, left));
    }
  }

  @Override
  public void subtract(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      store(load(a, ao + i, n - i).sub(load(b, bo + i, n - i)), y, yo + i, n - i);
    }
  }

  @Override
  public void leakyRelu(float[] x, int xo, float[] y, int yo, float slope, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(x, xo + i, n - i);
      store(v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0f)), y, yo + i, n - i);
    }
  }

  @Override
  public void leakyReluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float slope, int n) {
    for (int i = 0; i < n; i += L) {
      var passes = load(y, yo + i, n - i).compare(VectorOperators.GT, 0f);
      var g = load(dy, dyo + i, n - i);
      store(g.mul(slope).blend(g, passes), dx, dxo + i, n - i);
    }
  }

  @Override
  public void elu(float[] x, int xo, float[] y, int yo, float alpha, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(x, xo + i, n - i);
      var below = VectorMath.expMinusOne(v).mul(alpha);
      var result = below.blend(v, v.compare(VectorOperators.GT, 0f));
      if (n - i >= L) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void eluGradient(
      float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, float alpha, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(y, yo + i, n - i);
      var g = load(dy, dyo + i, n - i);
      var below = g.mul(v.add(alpha));
      store(below.blend(g, v.compare(VectorOperators.GT, 0f)), dx, dxo + i, n - i);
    }
  }

  // The inlining of C2 has a budget of bytecode, which an exponential takes up: after it, only the
  // Vector API's own methods are still inlined for certain. Others would make objects.

  @Override
  public void gelu(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(x, xo + i, n - i);
      var bell = VectorMath.exp(v.mul(v).mul(-0.5f));
      // The normal distribution's function F(-a) is e^(-a^2 / 2) t P(t) with t = 1 / (1 + 0.35 a)
      // and a polynomial P (least squares, relative error below 4e-8).
      var t = ONE.div(v.abs().fma(T, ONE));
      var p = t.fma(P8, P7).fma(t, P6).fma(t, P5).fma(t, P4).fma(t, P3).fma(t, P2).fma(t, P1);
      var tail = bell.mul(t).mul(p.fma(t, P0));
      var result = tail.blend(ONE.sub(tail), v.compare(VectorOperators.GT, 0f)).mul(v);
      if (n - i >= L) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void geluGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(dy, dyo + i, n - i);
      // Beyond 13 the slope is 0 or 1.
      var v = VectorMath.clamp(load(x, xo + i, n - i), -13f, 13f);
      var bell = VectorMath.exp(v.mul(v).mul(-0.5f));
      var t = ONE.div(v.abs().fma(T, ONE));
      var p = t.fma(P8, P7).fma(t, P6).fma(t, P5).fma(t, P4).fma(t, P3).fma(t, P2).fma(t, P1);
      var tail = bell.mul(t).mul(p.fma(t, P0));
      var normal = tail.blend(ONE.sub(tail), v.compare(VectorOperators.GT, 0f));
      var result = bell.mul(BELL_AT_ZERO).fma(v, normal).mul(g);
      if (n - i >= L) {
        result.intoArray(dx, dxo + i);
      } else {
        result.intoArray(dx, dxo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void geluTanh(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(x, xo + i, n - i);
      var u = v.mul(2 * BEND).mul(v.mul(v).mul(CUBE).add(1f));
      var result = VectorMath.sigmoid(u).mul(v);
      if (n - i >= L) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void geluTanhGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(dy, dyo + i, n - i);
      // Beyond 10 the slope is 0 or 1.
      var v = VectorMath.clamp(load(x, xo + i, n - i), -10f, 10f);
      var square = v.mul(v).mul(CUBE);
      var twice = v.mul(2 * BEND);
      var s = VectorMath.sigmoid(twice.mul(square.add(1f)));
      var bend = twice.mul(square.mul(3f).add(1f));
      var result = s.neg().fma(s, s).fma(bend, s).mul(g);
      if (n - i >= L) {
        result.intoArray(dx, dxo + i);
      } else {
        result.intoArray(dx, dxo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void mish(float[] x, int xo, float[] y, int yo, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(x, xo + i, n - i);
      // Beyond 20 the tanh is 1, and the square is no infinity yet.
      var e = VectorMath.exp(VectorMath.clamp(v, -87f, 20f));
      var m = e.mul(e.add(2f));
      var result = m.div(m.add(2f)).mul(v);
      if (n - i >= L) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void mishGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(dy, dyo + i, n - i);
      var v = VectorMath.clamp(load(x, xo + i, n - i), -87f, 20f);
      var e = VectorMath.exp(v);
      var m = e.mul(e.add(2f));
      var r = ONE.div(m.add(2f));
      var result = e.mul(r).mul(4f).mul(e.add(1f).mul(r)).fma(v, m.mul(r)).mul(g);
      if (n - i >= L) {
        result.intoArray(dx, dxo + i);
      } else {
        result.intoArray(dx, dxo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void softplus(float[] x, int xo, float[] y, int yo, float beta, float threshold, int n) {
    for (int i = 0; i < n; i += L) {
      var v = load(x, xo + i, n - i);
      var z = v.mul(beta);
      // ln(1 + e^z) is the larger of z and 0, plus ln(1 + u) for u = e^-|z|, which is 2 artanh(s)
      // with s = u / (2 + u): s times a polynomial in s^2 (least squares).
      var u = VectorMath.exp(z.abs().neg());
      var s = u.div(u.add(2f));
      var w = s.mul(s);
      var p = w.fma(Q4, Q3).fma(w, Q2).fma(w, Q1).fma(w, Q0);
      var above = ZERO.blend(z, z.compare(VectorOperators.GT, 0f));
      var soft = p.fma(s, above).div(beta);
      var result = soft.blend(v, z.compare(VectorOperators.GT, threshold));
      if (n - i >= L) {
        result.intoArray(y, yo + i);
      } else {
        result.intoArray(y, yo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }

  @Override
  public void softplusGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] dx,
      int dxo,
      float beta,
      float threshold,
      int n) {
    for (int i = 0; i < n; i += L) {
      var g = load(dy, dyo + i, n - i);
      var z = load(x, xo + i, n - i).mul(beta);
      var slope = VectorMath.sigmoid(z).blend(1f, z.compare(VectorOperators.GT, threshold));
      var result = slope.mul(g);
      if (n - i >= L) {
        result.intoArray(dx, dxo + i);
      } else {
        result.intoArray(dx, dxo + i, Lanes.S.indexInRange(0, n - i));
      }
    }
  }
}
