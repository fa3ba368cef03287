package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.Channelwise;
import stride.kernel.Epilogue;
import stride.kernel.scalar.ScalarChannelwise;

/**
 * Per-channel kernels with vectors of channels; what mixes the channels of a pixel is left to the
 * scalar kernels.
 */
final class VectorChannelwise implements Channelwise {
  private static final int L = Lanes.COUNT;

  /** Rows that are taken together, one vector of channels after another: they stay in the cache. */
  private static final int ROWS = 32;

  private final Channelwise scalar = new ScalarChannelwise();

  private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
    return FloatVector.fromArray(Lanes.S, x, at, mask);
  }

  @Override
  public void sum(float[] x, int xo, int rows, int channels, float[] sums, int so) {
    for (int first = 0; first < rows; first += ROWS) {
      int last = Math.min(first + ROWS, rows);
      for (int c = 0; c < channels; c += L) {
        var mask = Lanes.S.indexInRange(0, channels - c);
        // Four sums side by side, which do not wait for each other.
        var sum0 = load(sums, so + c, mask);
        var sum1 = FloatVector.zero(Lanes.S);
        var sum2 = sum1;
        var sum3 = sum1;
        int row = first;
        int at = xo + first * channels + c;
        for (; row + 4 <= last; row += 4, at += 4 * channels) {
          sum0 = sum0.add(load(x, at, mask));
          sum1 = sum1.add(load(x, at + channels, mask));
          sum2 = sum2.add(load(x, at + 2 * channels, mask));
          sum3 = sum3.add(load(x, at + 3 * channels, mask));
        }
        for (; row < last; row++, at += channels) {
          sum0 = sum0.add(load(x, at, mask));
        }
        sum0.add(sum1).add(sum2.add(sum3)).intoArray(sums, so + c, mask);
      }
    }
  }

  @Override
  public void squaredDeviations(
      float[] x, int xo, int rows, int channels, float[] mean, int mo, float[] sums, int so) {
    for (int first = 0; first < rows; first += ROWS) {
      int last = Math.min(first + ROWS, rows);
      for (int c = 0; c < channels; c += L) {
        var mask = Lanes.S.indexInRange(0, channels - c);
        var mu = load(mean, mo + c, mask);
        var sum = load(sums, so + c, mask);
        for (int row = first, at = xo + first * channels + c; row < last; row++, at += channels) {
          var d = load(x, at, mask).sub(mu);
          sum = d.fma(d, sum);
        }
        sum.intoArray(sums, so + c, mask);
      }
    }
  }

  @Override
  public void apply(
      Epilogue e, int toResidual, float[] x, int xo, int rows, int channels, float[] y, int yo) {
    float[] residual = e.residual();
    int from = e.residualOffset() + toResidual;
    boolean floored = e.floor() > Float.NEGATIVE_INFINITY;
    boolean capped = e.ceiling() < Float.POSITIVE_INFINITY;
    for (int first = 0; first < rows; first += ROWS) {
      int last = Math.min(first + ROWS, rows);
      for (int c = 0; c < channels; c += L) {
        var mask = Lanes.S.indexInRange(0, channels - c);
        var scale =
            e.scale() == null
                ? FloatVector.broadcast(Lanes.S, 1)
                : load(e.scale(), e.scaleOffset() + c, mask);
        var shift =
            e.shift() == null
                ? FloatVector.zero(Lanes.S)
                : load(e.shift(), e.shiftOffset() + c, mask);
        for (int row = first, at = first * channels + c; row < last; row++, at += channels) {
          var value = load(x, xo + at, mask).fma(scale, shift);
          if (residual != null) {
            value = value.add(load(residual, from + at, mask));
          }
          if (floored) {
            value = value.blend(e.floor(), value.compare(VectorOperators.LT, e.floor()));
          }
          if (capped) {
            value = value.blend(e.ceiling(), value.compare(VectorOperators.GT, e.ceiling()));
          }
          value.intoArray(y, yo + at, mask);
        }
      }
    }
  }

  @Override
  public void dotDeviations(
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] mean,
      int mo,
      float[] sums,
      int so) {
    for (int first = 0; first < rows; first += ROWS) {
      int last = Math.min(first + ROWS, rows);
      for (int c = 0; c < channels; c += L) {
        var mask = Lanes.S.indexInRange(0, channels - c);
        var mu = load(mean, mo + c, mask);
        var sum = load(sums, so + c, mask);
        for (int row = first, at = first * channels + c; row < last; row++, at += channels) {
          sum = load(x, xo + at, mask).sub(mu).fma(load(dy, dyo + at, mask), sum);
        }
        sum.intoArray(sums, so + c, mask);
      }
    }
  }

  @Override
  public void blend(
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] d,
      int dof,
      float[] dx,
      int dxo) {
    for (int first = 0; first < rows; first += ROWS) {
      int last = Math.min(first + ROWS, rows);
      for (int c = 0; c < channels; c += L) {
        var mask = Lanes.S.indexInRange(0, channels - c);
        var slope = load(a, ao + c, mask);
        var tilt = load(b, bo + c, mask);
        var constant = load(d, dof + c, mask);
        for (int row = first, at = first * channels + c; row < last; row++, at += channels) {
          var tilted = load(x, xo + at, mask).fma(tilt, constant);
          load(dy, dyo + at, mask).fma(slope, tilted).intoArray(dx, dxo + at, mask);
        }
      }
    }
  }

  @Override
  public void softmax(float[] x, int xo, int rows, int channels, float[] y, int yo) {
    scalar.softmax(x, xo, rows, channels, y, yo);
  }

  @Override
  public void softmaxGradient(
      float[] y, int yo, float[] dy, int dyo, int rows, int channels, float[] dx, int dxo) {
    scalar.softmaxGradient(y, yo, dy, dyo, rows, channels, dx, dxo);
  }

  @Override
  public void localResponse(
      float[] x,
      int xo,
      int rows,
      int channels,
      int size,
      float alpha,
      float beta,
      float k,
      float[] y,
      int yo) {
    scalar.localResponse(x, xo, rows, channels, size, alpha, beta, k, y, yo);
  }

  @Override
  public void localResponseGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int channels,
      int size,
      float alpha,
      float beta,
      float k,
      float[] dx,
      int dxo) {
    scalar.localResponseGradient(x, xo, dy, dyo, rows, channels, size, alpha, beta, k, dx, dxo);
  }

  @Override
  public void copy(
      float[] x, int xo, int xStride, float[] y, int yo, int yStride, int rows, int channels) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, xo + row * xStride, y, yo + row * yStride, channels);
    }
  }
}
