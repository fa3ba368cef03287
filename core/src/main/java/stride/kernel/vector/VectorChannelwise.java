package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import stride.kernel.Channelwise;
import stride.kernel.Epilogue;
import stride.kernel.scalar.ScalarChannelwise;

/**
 * Per-channel kernels with vectors of channels; kernels that mix the channels of a pixel are left
 * to the scalar kernels.
 */
final class VectorChannelwise implements Channelwise {
  private static final VectorSpecies<Float> S = Lanes.S;
  private static final int L = Lanes.COUNT;

  /** Rows that are taken together, one vector of channels after another: they stay in the cache. */
  private static final int ROWS = 32;

  /** Floats that stay in a first-level cache from one kernel to the next. */
  private static final int BLOCK = 1 << 12;

  /** Floats to a period at least: inner loops run over it. */
  private static final int PERIOD = 256;

  /**
   * The lanes of two vectors, numbered through, that make the lower and the higher vector of their
   * pairs; those of pairs that make the first and the second vector.
   */
  private static final float[] PAIRS = pairs();

  private final Channelwise scalar = new ScalarChannelwise();

  private static float[] pairs() {
    var lanes = new float[4 * L];
    for (int i = 0; i < 2 * L; i++) {
      lanes[i] = i / 2 + i % 2 * L;
      lanes[2 * L + i] = i < L ? 2 * i : 2 * (i - L) + 1;
    }
    return lanes;
  }

  @Override
  public void sum(float[] x, int xo, int rows, int channels, float[] sums, int so) {
    for (int first = 0; first < rows; first += ROWS) {
      int last = Math.min(first + ROWS, rows);
      for (int c = 0; c < channels; c += L) {
        var mask = S.indexInRange(0, channels - c);
        // Four sums side by side, which do not wait for each other.
        var sum0 = FloatVector.fromArray(S, sums, so + c, mask);
        var sum1 = FloatVector.zero(S);
        var sum2 = sum1;
        var sum3 = sum1;
        int row = first;
        int at = xo + first * channels + c;
        for (; row + 4 <= last; row += 4, at += 4 * channels) {
          sum0 = sum0.add(FloatVector.fromArray(S, x, at, mask));
          sum1 = sum1.add(FloatVector.fromArray(S, x, at + channels, mask));
          sum2 = sum2.add(FloatVector.fromArray(S, x, at + 2 * channels, mask));
          sum3 = sum3.add(FloatVector.fromArray(S, x, at + 3 * channels, mask));
        }
        for (; row < last; row++, at += channels) {
          sum0 = sum0.add(FloatVector.fromArray(S, x, at, mask));
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
    if (channels < L) {
      scalar.softmax(x, xo, rows, channels, y, yo);
      return;
    }
    for (int row = 0; row < rows; row++) {
      int from = xo + row * channels;
      int to = yo + row * channels;
      VectorElementwise.exponential(x, from, y, to, largest(x, from, channels), channels);
      divide(y, to, channels, sum(y, to, channels));
    }
  }

  /** Returns the largest of some values, at least a vector of them. */
  private static float largest(float[] x, int xo, int n) {
    var largest = FloatVector.fromArray(S, x, xo);
    for (int i = L; i < n; i += L) {
      // The last vector has some values again that were compared before.
      var v = FloatVector.fromArray(S, x, xo + Math.min(i, n - L));
      largest = largest.blend(v, v.compare(VectorOperators.GT, largest));
    }
    return largest.reduceLanes(VectorOperators.MAX);
  }

  /** Adds up in one order: that of {@code reduceLanes} differs between interpreter and C2. */
  private static float sum(float[] x, int xo, int n) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      sum0 += x[xo + i];
      sum1 += x[xo + i + 1];
      sum2 += x[xo + i + 2];
      sum3 += x[xo + i + 3];
    }
    for (; i < n; i++) {
      sum0 += x[xo + i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private static void divide(float[] x, int xo, int n, float by) {
    for (int i = 0; i < n; i++) {
      x[xo + i] /= by;
    }
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
  public void prelu(float[] x, int xo, float[] slopes, int rows, int channels, float[] y, int yo) {
    int n = rows * channels;
    int period = period(channels);
    for (int first = 0; first < n; first += period) {
      int end = Math.min(period, n - first);
      int i = 0;
      for (; i + L <= end; i += L) {
        var v = FloatVector.fromArray(S, x, xo + first + i);
        var below = v.mul(FloatVector.fromArray(S, slopes, i));
        below.blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + first + i);
      }
      if (i < end) {
        var mask = S.indexInRange(i, end);
        var v = FloatVector.fromArray(S, x, xo + first + i, mask);
        var below = v.mul(FloatVector.fromArray(S, slopes, i));
        below.blend(v, v.compare(VectorOperators.GT, 0f)).intoArray(y, yo + first + i, mask);
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
      int i = 0;
      for (; i + L <= end; i += L) {
        var passes = FloatVector.fromArray(S, x, xo + first + i).compare(VectorOperators.GT, 0f);
        var g = FloatVector.fromArray(S, dy, dyo + first + i);
        var below = g.mul(FloatVector.fromArray(S, slopes, i));
        below.blend(g, passes).intoArray(dx, dxo + first + i);
      }
      if (i < end) {
        var mask = S.indexInRange(i, end);
        var passes =
            FloatVector.fromArray(S, x, xo + first + i, mask).compare(VectorOperators.GT, 0f);
        var g = FloatVector.fromArray(S, dy, dyo + first + i, mask);
        var below = g.mul(FloatVector.fromArray(S, slopes, i));
        below.blend(g, passes).intoArray(dx, dxo + first + i, mask);
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
      int i = 0;
      for (; i + L <= end; i += L) {
        var v = FloatVector.fromArray(S, x, xo + first + i);
        var product = v.mul(FloatVector.fromArray(S, dy, dyo + first + i));
        var below = product.blend(0f, v.compare(VectorOperators.GT, 0f));
        FloatVector.fromArray(S, sums, so + i).add(below).intoArray(sums, so + i);
      }
      if (i < end) {
        var mask = S.indexInRange(i, end);
        var v = FloatVector.fromArray(S, x, xo + first + i, mask);
        var product = v.mul(FloatVector.fromArray(S, dy, dyo + first + i, mask));
        var below = product.blend(0f, v.compare(VectorOperators.GT, 0f));
        FloatVector.fromArray(S, sums, so + i).add(below).intoArray(sums, so + i);
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
    if (xStride == channels && yStride == channels) {
      System.arraycopy(x, xo, y, yo, rows * channels);
      return;
    }
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, xo + row * xStride, y, yo + row * yStride, channels);
    }
  }

  @Override
  public void scale(
      float[] x, int xo, float[] s, int so, int rows, int channels, float[] y, int yo) {
    int whole = channels - channels % L;
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      for (int c = 0; c < whole; c += L) {
        FloatVector.fromArray(S, x, xo + at + c)
            .mul(FloatVector.fromArray(S, s, so + c))
            .intoArray(y, yo + at + c);
      }
      if (whole < channels) {
        var mask = S.indexInRange(whole, channels);
        FloatVector.fromArray(S, x, xo + at + whole, mask)
            .mul(FloatVector.fromArray(S, s, so + whole, mask))
            .intoArray(y, yo + at + whole, mask);
      }
    }
  }

  @Override
  public void sumOfProducts(
      float[] a, int ao, float[] b, int bo, int rows, int channels, float[] sums, int so) {
    int whole = channels - channels % L;
    Arrays.fill(sums, so, so + channels, 0);
    int row = 0;
    for (; row + 4 <= rows; row += 4) {
      int at = row * channels;
      for (int c = 0; c < whole; c += L) {
        int first = ao + at + c;
        int second = bo + at + c;
        // Two sums side by side: the lines of a few rows come one behind another in memory.
        var even =
            FloatVector.fromArray(S, a, first)
                .fma(FloatVector.fromArray(S, b, second), FloatVector.fromArray(S, sums, so + c));
        var odd =
            FloatVector.fromArray(S, a, first + channels)
                .mul(FloatVector.fromArray(S, b, second + channels));
        even =
            FloatVector.fromArray(S, a, first + 2 * channels)
                .fma(FloatVector.fromArray(S, b, second + 2 * channels), even);
        odd =
            FloatVector.fromArray(S, a, first + 3 * channels)
                .fma(FloatVector.fromArray(S, b, second + 3 * channels), odd);
        even.add(odd).intoArray(sums, so + c);
      }
    }
    for (; row < rows; row++) {
      int at = row * channels;
      for (int c = 0; c < whole; c += L) {
        FloatVector.fromArray(S, a, ao + at + c)
            .fma(FloatVector.fromArray(S, b, bo + at + c), FloatVector.fromArray(S, sums, so + c))
            .intoArray(sums, so + c);
      }
    }
    if (whole < channels) {
      var mask = S.indexInRange(whole, channels);
      var sum = FloatVector.zero(S);
      for (int i = 0, at = whole; i < rows; i++, at += channels) {
        sum =
            FloatVector.fromArray(S, a, ao + at, mask)
                .fma(FloatVector.fromArray(S, b, bo + at, mask), sum);
      }
      sum.intoArray(sums, so + whole, mask);
    }
  }

  @Override
  public void transpose(float[] x, int xo, int rows, int height, int width, float[] y, int yo) {
    if (height == 2 && width >= L) {
      for (int row = 0, at = 0; row < rows; row++, at += 2 * width) {
        interleave(x, xo + at, width, y, yo + at);
      }
    } else if (width == 2 && height >= L) {
      for (int row = 0, at = 0; row < rows; row++, at += 2 * height) {
        takeApart(x, xo + at, height, y, yo + at);
      }
    } else {
      scalar.transpose(x, xo, rows, height, width, y, yo);
    }
  }

  /** Two rows of {@code n} values become pairs; the last vectors overlap those before. */
  private static void interleave(float[] x, int xo, int n, float[] y, int yo) {
    var low = FloatVector.fromArray(S, PAIRS, 0);
    var high = FloatVector.fromArray(S, PAIRS, L);
    for (int i = 0; i < n; i = i + L < n ? Math.min(i + L, n - L) : n) {
      var first = FloatVector.fromArray(S, x, xo + i);
      var second = FloatVector.fromArray(S, x, xo + n + i);
      low.selectFrom(first, second).intoArray(y, yo + 2 * i);
      high.selectFrom(first, second).intoArray(y, yo + 2 * i + L);
    }
  }

  /** Pairs become two rows of {@code n} values; the last vectors overlap those before. */
  private static void takeApart(float[] x, int xo, int n, float[] y, int yo) {
    var even = FloatVector.fromArray(S, PAIRS, 2 * L);
    var odd = FloatVector.fromArray(S, PAIRS, 3 * L);
    for (int i = 0; i < n; i = i + L < n ? Math.min(i + L, n - L) : n) {
      var low = FloatVector.fromArray(S, x, xo + 2 * i);
      var high = FloatVector.fromArray(S, x, xo + 2 * i + L);
      even.selectFrom(low, high).intoArray(y, yo + i);
      odd.selectFrom(low, high).intoArray(y, yo + n + i);
    }
  }
}
