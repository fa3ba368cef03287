package stride.kernel.vector;

import static java.util.Objects.requireNonNull;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import stride.kernel.Channelwise;
import stride.kernel.Epilogue;

/**
 * Batch norm over rows of channels as one long row of {@code n} floats, in stretches of {@code
 * period} floats, which is whole vectors and whole rows. Memory is read from end to end: channel by
 * channel it would take up to four times as long.
 *
 * <p>The floats after the last whole stretch take the same operations one by one, so that a value's
 * bits do not depend on how many rows are computed together.
 */
final class NormKernels {
  private static final VectorSpecies<Float> S = Lanes.S;
  private static final int L = Lanes.COUNT;

  private NormKernels() {}

  /** {@link Channelwise#moments}. */
  static void moments(
      float[] x,
      int xo,
      int rows,
      int channels,
      int period,
      float[] mean,
      int mo,
      float[] squares,
      int so) {
    int n = rows * channels;
    int whole = n / period;
    int rest = n % period;
    // Any number near the data will do to begin with: the first value is one.
    for (int i = 0; i < period; i++) {
      mean[mo + i] = i < n ? x[xo + i] : 0;
      squares[so + i] = 0;
    }
    int done = 0;
    for (; done + 4 <= whole; done += 4) {
      float inverse = 1f / (done + 4);
      int at = xo + done * period;
      for (int i = 0; i < period; i += L) {
        var before = FloatVector.fromArray(S, mean, mo + i);
        var d0 = FloatVector.fromArray(S, x, at + i).sub(before);
        var d1 = FloatVector.fromArray(S, x, at + period + i).sub(before);
        var d2 = FloatVector.fromArray(S, x, at + 2 * period + i).sub(before);
        var d3 = FloatVector.fromArray(S, x, at + 3 * period + i).sub(before);
        var sum = d0.add(d1).add(d2.add(d3));
        var square = d0.fma(d0, d1.mul(d1)).add(d2.fma(d2, d3.mul(d3)));
        var step = sum.mul(inverse);
        before.add(step).intoArray(mean, mo + i);
        // squares + square - sum^2 / all
        square
            .sub(sum.mul(step))
            .add(FloatVector.fromArray(S, squares, so + i))
            .intoArray(squares, so + i);
      }
    }
    for (; done < whole; done++) {
      float inverse = 1f / (done + 1);
      int at = xo + done * period;
      for (int i = 0; i < period; i += L) {
        var before = FloatVector.fromArray(S, mean, mo + i);
        var d = FloatVector.fromArray(S, x, at + i).sub(before);
        var step = d.mul(inverse);
        before.add(step).intoArray(mean, mo + i);
        d.mul(d.sub(step))
            .add(FloatVector.fromArray(S, squares, so + i))
            .intoArray(squares, so + i);
      }
    }
    for (int i = 0, at = xo + whole * period; i < rest; i++, at++) {
      float d = x[at] - mean[mo + i];
      float step = d / (whole + 1);
      mean[mo + i] += step;
      squares[so + i] += d * (d - step);
    }
    fold(rows, channels, period, whole, rest, mean, mo, squares, so);
  }

  /** The moments of each channel from those of its places in the period. */
  private static void fold(
      int rows,
      int channels,
      int period,
      int whole,
      int rest,
      float[] mean,
      int mo,
      float[] squares,
      int so) {
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int i = c; i < period; i += channels) {
        sum += (double) (i < rest ? whole + 1 : whole) * mean[mo + i];
      }
      double mu = sum / rows;
      double deviations = 0;
      for (int i = c; i < period; i += channels) {
        double off = mean[mo + i] - mu;
        deviations += squares[so + i] + (i < rest ? whole + 1 : whole) * off * off;
      }
      mean[mo + c] = (float) mu;
      squares[so + c] = (float) deviations;
    }
  }

  /** {@link Channelwise#apply}. */
  static void apply(
      Epilogue norm, int toResidual, float[] x, int xo, int n, int period, float[] y, int yo) {
    float[] scale = requireNonNull(norm.scale());
    float[] shift = requireNonNull(norm.shift());
    float[] residual = norm.residual();
    int so = norm.scaleOffset();
    int to = norm.shiftOffset();
    int ro = norm.residualOffset() + toResidual;
    float floor = norm.floor();
    float ceiling = norm.ceiling();
    int first = 0;
    for (; first + period <= n; first += period) {
      for (int i = 0; i < period; i += L) {
        var value =
            FloatVector.fromArray(S, x, xo + first + i)
                .fma(
                    FloatVector.fromArray(S, scale, so + i),
                    FloatVector.fromArray(S, shift, to + i));
        if (residual != null) {
          value = value.add(FloatVector.fromArray(S, residual, ro + first + i));
        }
        value = value.blend(floor, value.compare(VectorOperators.LT, floor));
        value = value.blend(ceiling, value.compare(VectorOperators.GT, ceiling));
        value.intoArray(y, yo + first + i);
      }
    }
    for (int i = 0; first + i < n; i++) {
      float value = Math.fma(x[xo + first + i], scale[so + i], shift[to + i]);
      if (residual != null) {
        value += residual[ro + first + i];
      }
      value = value < floor ? floor : value;
      y[yo + first + i] = value > ceiling ? ceiling : value;
    }
  }

  /** {@link Channelwise#apply} of rows with a gap between them. */
  static void applyRows(
      Epilogue norm,
      int toResidual,
      float[] x,
      int xo,
      int xStride,
      int rows,
      int channels,
      float[] y,
      int yo) {
    float[] scale = requireNonNull(norm.scale());
    float[] shift = requireNonNull(norm.shift());
    float[] residual = norm.residual();
    int so = norm.scaleOffset();
    int to = norm.shiftOffset();
    int ro = norm.residualOffset() + toResidual;
    float floor = norm.floor();
    float ceiling = norm.ceiling();
    int whole = channels / L * L;
    var rest = Lanes.S.indexInRange(whole, channels);
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      int from = xo + row * xStride;
      for (int c = 0; c < whole; c += L) {
        var value =
            FloatVector.fromArray(S, x, from + c)
                .fma(
                    FloatVector.fromArray(S, scale, so + c),
                    FloatVector.fromArray(S, shift, to + c));
        if (residual != null) {
          value = value.add(FloatVector.fromArray(S, residual, ro + at + c));
        }
        value = value.blend(floor, value.compare(VectorOperators.LT, floor));
        value = value.blend(ceiling, value.compare(VectorOperators.GT, ceiling));
        value.intoArray(y, yo + at + c);
      }
      if (whole < channels) {
        var value =
            FloatVector.fromArray(S, x, from + whole, rest)
                .fma(
                    FloatVector.fromArray(S, scale, so + whole, rest),
                    FloatVector.fromArray(S, shift, to + whole, rest));
        if (residual != null) {
          value = value.add(FloatVector.fromArray(S, residual, ro + at + whole, rest));
        }
        value = value.blend(floor, value.compare(VectorOperators.LT, floor));
        value = value.blend(ceiling, value.compare(VectorOperators.GT, ceiling));
        value.intoArray(y, yo + at + whole, rest);
      }
    }
  }

  /** {@link Channelwise#normGradientSums}. */
  static void gradientSums(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int n,
      int period,
      float[] mean,
      float[] sums,
      int so) {
    float[] scale = requireNonNull(norm.scale());
    float[] shift = requireNonNull(norm.shift());
    int co = norm.scaleOffset();
    int to = norm.shiftOffset();
    boolean bounded = norm.isBounded();
    float floor = norm.floor();
    float ceiling = norm.ceiling();
    int dots = so + period;
    int first = 0;
    for (; first + 2 * period <= n; first += 2 * period) {
      int second = first + period;
      for (int i = 0; i < period; i += L) {
        var x0 = FloatVector.fromArray(S, x, xo + first + i);
        var x1 = FloatVector.fromArray(S, x, xo + second + i);
        var g0 = FloatVector.fromArray(S, dy, dyo + first + i);
        var g1 = FloatVector.fromArray(S, dy, dyo + second + i);
        if (bounded) {
          var factor = FloatVector.fromArray(S, scale, co + i);
          var summand = FloatVector.fromArray(S, shift, to + i);
          var y0 = x0.fma(factor, summand);
          var y1 = x1.fma(factor, summand);
          var in0 =
              y0.compare(VectorOperators.GT, floor).and(y0.compare(VectorOperators.LT, ceiling));
          var in1 =
              y1.compare(VectorOperators.GT, floor).and(y1.compare(VectorOperators.LT, ceiling));
          g0 = FloatVector.zero(S).blend(g0, in0);
          g1 = FloatVector.zero(S).blend(g1, in1);
        }
        var mu = FloatVector.fromArray(S, mean, i);
        FloatVector.fromArray(S, sums, so + i).add(g0.add(g1)).intoArray(sums, so + i);
        x1.sub(mu)
            .fma(g1, x0.sub(mu).fma(g0, FloatVector.fromArray(S, sums, dots + i)))
            .intoArray(sums, dots + i);
      }
    }
    for (int i = 0; first < n; first++, i = i + 1 < period ? i + 1 : 0) {
      float value = x[xo + first];
      float y = Math.fma(value, scale[co + i], shift[to + i]);
      float g = !bounded || (y > floor && y < ceiling) ? dy[dyo + first] : 0;
      sums[so + i] += g;
      sums[dots + i] = Math.fma(value - mean[i], g, sums[dots + i]);
    }
  }

  /** {@link Channelwise#normGradient}. */
  static void gradient(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int n,
      int period,
      float[] b,
      float[] d,
      float[] dx,
      int dxo) {
    float[] scale = requireNonNull(norm.scale());
    float[] shift = requireNonNull(norm.shift());
    int co = norm.scaleOffset();
    int to = norm.shiftOffset();
    boolean bounded = norm.isBounded();
    float floor = norm.floor();
    float ceiling = norm.ceiling();
    int first = 0;
    for (; first + period <= n; first += period) {
      for (int i = 0; i < period; i += L) {
        var value = FloatVector.fromArray(S, x, xo + first + i);
        var g = FloatVector.fromArray(S, dy, dyo + first + i);
        var factor = FloatVector.fromArray(S, scale, co + i);
        if (bounded) {
          var y = value.fma(factor, FloatVector.fromArray(S, shift, to + i));
          var in = y.compare(VectorOperators.GT, floor).and(y.compare(VectorOperators.LT, ceiling));
          g = FloatVector.zero(S).blend(g, in);
        }
        g.fma(factor, value.fma(FloatVector.fromArray(S, b, i), FloatVector.fromArray(S, d, i)))
            .intoArray(dx, dxo + first + i);
      }
    }
    for (int i = 0; first + i < n; i++) {
      float value = x[xo + first + i];
      float y = Math.fma(value, scale[co + i], shift[to + i]);
      float g = !bounded || (y > floor && y < ceiling) ? dy[dyo + first + i] : 0;
      dx[dxo + first + i] = Math.fma(g, scale[co + i], Math.fma(value, b[i], d[i]));
    }
  }
}
