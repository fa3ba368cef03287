package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.Elementwise;

/** Element-wise kernels; the last few elements run through the same operations under a mask. */
final class VectorElementwise implements Elementwise {
  private static final int L = Lanes.COUNT;

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
}
