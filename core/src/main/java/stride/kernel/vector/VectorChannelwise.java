package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.Channelwise;
import stride.kernel.Epilogue;
import stride.kernel.scalar.ScalarChannelwise;

/**
 * Per-channel kernels with vectors of channels; kernels that mix the channels of a pixel are left
 * to the scalar kernels.
 */
final class VectorChannelwise implements Channelwise {
  private static final int L = Lanes.COUNT;

  /** Rows that are taken together, one vector of channels after another: they stay in the cache. */
  private static final int ROWS = 32;

  /** Floats that stay in a first-level cache from one kernel to the next. */
  private static final int BLOCK = 1 << 12;

  /** Floats to a period at least: inner loops run over it. */
  private static final int PERIOD = 256;

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
  public int period(int channels) {
    int vectors = channels;
    while (vectors % L != 0) {
      vectors += channels;
    }
    return vectors * Math.ceilDiv(PERIOD, vectors);
  }

  @Override
  public void moments(
      float[] x, int xo, int rows, int channels, float[] mean, int mo, float[] squares, int so) {
    NormKernels.moments(x, xo, rows, channels, period(channels), mean, mo, squares, so);
  }

  @Override
  public void apply(
      Epilogue norm, int toResidual, float[] x, int xo, int rows, int channels, float[] y, int yo) {
    int period = period(channels);
    var activation = norm.activation();
    if (activation == null) {
      NormKernels.apply(norm, toResidual, x, xo, rows * channels, period, y, yo);
      return;
    }
    // A few rows at a time, which are still in the first-level cache when the activation comes.
    int n = rows * channels;
    int block = Math.ceilDiv(BLOCK, period) * period;
    for (int at = 0; at < n; at += block) {
      int count = Math.min(block, n - at);
      NormKernels.apply(norm, toResidual + at, x, xo + at, count, period, y, yo + at);
      activation.function().apply(y, yo + at, y, yo + at, count);
    }
  }

  @Override
  public void apply(
      Epilogue norm,
      int toResidual,
      float[] x,
      int xo,
      int xStride,
      int rows,
      int channels,
      float[] y,
      int yo) {
    if (xStride == channels) {
      apply(norm, toResidual, x, xo, rows, channels, y, yo);
      return;
    }
    int block = norm.activation() == null ? rows : Math.ceilDiv(BLOCK, channels);
    for (int row = 0; row < rows; row += block) {
      int count = Math.min(block, rows - row);
      int at = row * channels;
      NormKernels.applyRows(
          norm, toResidual + at, x, xo + row * xStride, xStride, count, channels, y, yo + at);
      if (norm.activation() != null) {
        norm.activation().function().apply(y, yo + at, y, yo + at, count * channels);
      }
    }
  }

  @Override
  public void normGradientSums(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] mean,
      float[] sums,
      int so) {
    NormKernels.gradientSums(
        norm, dy, dyo, x, xo, rows * channels, period(channels), mean, sums, so);
  }

  @Override
  public void normGradient(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] b,
      float[] d,
      float[] dx,
      int dxo) {
    NormKernels.gradient(norm, dy, dyo, x, xo, rows * channels, period(channels), b, d, dx, dxo);
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

  /** Returns the long row's floats from {@code at} on: a vector, or the last few under a mask. */
  private static FloatVector load(float[] x, int at, int left) {
    return left >= L
        ? FloatVector.fromArray(Lanes.S, x, at)
        : load(x, at, Lanes.S.indexInRange(0, left));
  }

  private static void store(FloatVector v, float[] y, int at, int left) {
    if (left >= L) {
      v.intoArray(y, at);
    } else {
      v.intoArray(y, at, Lanes.S.indexInRange(0, left));
    }
  }

  @Override
  public void prelu(float[] x, int xo, float[] slopes, int rows, int channels, float[] y, int yo) {
    int n = rows * channels;
    int period = period(channels);
    for (int first = 0; first < n; first += period) {
      int end = Math.min(period, n - first);
      for (int i = 0; i < end; i += L) {
        var v = load(x, xo + first + i, end - i);
        var below = v.mul(FloatVector.fromArray(Lanes.S, slopes, i));
        var passes = v.compare(VectorOperators.GT, 0f);
        store(below.blend(v, passes), y, yo + first + i, end - i);
      }
    }
  }

  @Override
  public void preluGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] slopes,
      int rows,
      int channels,
      float[] dx,
      int dxo) {
    int n = rows * channels;
    int period = period(channels);
    for (int first = 0; first < n; first += period) {
      int end = Math.min(period, n - first);
      for (int i = 0; i < end; i += L) {
        var passes = load(x, xo + first + i, end - i).compare(VectorOperators.GT, 0f);
        var g = load(dy, dyo + first + i, end - i);
        var below = g.mul(FloatVector.fromArray(Lanes.S, slopes, i));
        store(below.blend(g, passes), dx, dxo + first + i, end - i);
      }
    }
  }

  @Override
  public void preluSums(
      float[] x, int xo, float[] dy, int dyo, int rows, int channels, float[] sums, int so) {
    int n = rows * channels;
    int period = period(channels);
    for (int first = 0; first < n; first += period) {
      int end = Math.min(period, n - first);
      for (int i = 0; i < end; i += L) {
        var v = load(x, xo + first + i, end - i);
        var product = v.mul(load(dy, dyo + first + i, end - i));
        var passes = v.compare(VectorOperators.GT, 0f);
        var sum = FloatVector.fromArray(Lanes.S, sums, so + i);
        sum.add(product.blend(0f, passes)).intoArray(sums, so + i);
      }
    }
  }

  @Override
  public void layerNorm(
      float[] x,
      int xo,
      int rows,
      int length,
      float eps,
      float[] weight,
      int wo,
      float[] bias,
      int bo,
      float[] moments,
      int mo,
      float[] y,
      int yo) {
    scalar.layerNorm(x, xo, rows, length, eps, weight, wo, bias, bo, moments, mo, y, yo);
  }

  @Override
  public void layerNormGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int length,
      float[] weight,
      int wo,
      float[] moments,
      int mo,
      float[] dx,
      int dxo) {
    scalar.layerNormGradient(x, xo, dy, dyo, rows, length, weight, wo, moments, mo, dx, dxo);
  }

  @Override
  public void layerNormSums(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int length,
      float[] moments,
      int mo,
      float[] sums,
      int so) {
    scalar.layerNormSums(x, xo, dy, dyo, rows, length, moments, mo, sums, so);
  }

  @Override
  public void copy(
      float[] x, int xo, int xStride, float[] y, int yo, int yStride, int rows, int channels) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, xo + row * xStride, y, yo + row * yStride, channels);
    }
  }
}
