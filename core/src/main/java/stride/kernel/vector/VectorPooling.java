package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.PoolGeometry;
import stride.kernel.Pooling;

/** Pooling with vectors of channels. */
final class VectorPooling implements Pooling {
  private static final int L = Lanes.COUNT;

  @Override
  public void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int fromRow, int toRow) {
    int channels = g.channels();
    int pitch = g.inPitch();
    for (int oy = fromRow; oy < toRow; oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = Math.min(oy * g.strideHeight() - g.padTop() + g.kernelHeight(), g.inHeight());
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
        int window = xo + (top * g.inWidth() + left) * pitch;
        int to = yo + (oy * g.outWidth() + ox) * g.outPitch();
        int rows = bottom - top;
        int columns = right - left;
        if (channels >= L && rows == 3 && columns == 3) {
          maxOfNine(x, window, g.inWidth() * pitch, pitch, channels, y, to);
        } else if (channels >= L) {
          max(x, window, rows, g.inWidth() * pitch, columns, pitch, channels, y, to);
        } else {
          maxOfFew(x, window, rows, g.inWidth() * pitch, columns, pitch, channels, y, to);
        }
      }
    }
  }

  /** The largest values of a window, at least a vector of channels: the last two may overlap. */
  private static void max(
      float[] x,
      int window,
      int rows,
      int rowStep,
      int columns,
      int step,
      int channels,
      float[] y,
      int to) {
    int last = channels - L;
    for (int c = 0; c < channels; c = c < last ? Math.min(c + L, last) : channels) {
      var best = FloatVector.fromArray(Lanes.S, x, window + c);
      for (int row = 0; row < rows; row++) {
        int at = window + row * rowStep + c;
        for (int column = 0; column < columns; column++, at += step) {
          best = best.max(FloatVector.fromArray(Lanes.S, x, at));
        }
      }
      best.intoArray(y, to + c);
    }
  }

  /** The same of 3 x 3 values, whose rows do not wait for each other. */
  private static void maxOfNine(
      float[] x, int window, int rowStep, int step, int channels, float[] y, int to) {
    int last = channels - L;
    for (int c = 0; c < channels; c = c < last ? Math.min(c + L, last) : channels) {
      int at = window + c;
      int next = at + rowStep;
      int third = next + rowStep;
      var first = FloatVector.fromArray(Lanes.S, x, at);
      var second = FloatVector.fromArray(Lanes.S, x, next);
      var best = FloatVector.fromArray(Lanes.S, x, third);
      first = first.max(FloatVector.fromArray(Lanes.S, x, at + step));
      second = second.max(FloatVector.fromArray(Lanes.S, x, next + step));
      best = best.max(FloatVector.fromArray(Lanes.S, x, third + step));
      first = first.max(FloatVector.fromArray(Lanes.S, x, at + 2 * step));
      second = second.max(FloatVector.fromArray(Lanes.S, x, next + 2 * step));
      best = best.max(FloatVector.fromArray(Lanes.S, x, third + 2 * step));
      best.max(first.max(second)).intoArray(y, to + c);
    }
  }

  private static void maxOfFew(
      float[] x,
      int window,
      int rows,
      int rowStep,
      int columns,
      int step,
      int channels,
      float[] y,
      int to) {
    var mask = Lanes.S.indexInRange(0, channels);
    var best = FloatVector.fromArray(Lanes.S, x, window, mask);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int at = window + row * rowStep + column * step;
        best = best.max(FloatVector.fromArray(Lanes.S, x, at, mask));
      }
    }
    best.intoArray(y, to, mask);
  }

  @Override
  public void max(
      PoolGeometry g,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] taps,
      int to,
      int fromRow,
      int toRow) {
    int channels = g.channels();
    for (int oy = fromRow; oy < toRow; oy++) {
      int first = oy * g.strideHeight() - g.padTop();
      int top = Math.max(first, 0);
      int bottom = Math.min(first + g.kernelHeight(), g.inHeight());
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int firstColumn = ox * g.strideWidth() - g.padLeft();
        int left = Math.max(firstColumn, 0);
        int right = Math.min(firstColumn + g.kernelWidth(), g.inWidth());
        int window = xo + (top * g.inWidth() + left) * channels;
        int firstTap = (top - first) * g.kernelWidth() + left - firstColumn;
        int pixel = (oy * g.outWidth() + ox) * channels;
        for (int c = 0; c < channels; c += L) {
          var mask = Lanes.S.indexInRange(c, channels);
          var best = FloatVector.fromArray(Lanes.S, x, window + c, mask);
          var tap = FloatVector.broadcast(Lanes.S, firstTap);
          for (int row = 0; row < bottom - top; row++) {
            int at = window + row * g.inWidth() * channels + c;
            for (int column = 0; column < right - left; column++) {
              var value = FloatVector.fromArray(Lanes.S, x, at + column * channels, mask);
              // The larger one or the first NaN: any value that is not below or equal to the best
              // so far.
              var stays =
                  value
                      .compare(VectorOperators.LE, best)
                      .or(best.compare(VectorOperators.NE, best));
              best = value.blend(best, stays);
              tap =
                  FloatVector.broadcast(Lanes.S, firstTap + row * g.kernelWidth() + column)
                      .blend(tap, stays);
            }
          }
          best.intoArray(y, yo + pixel + c, mask);
          tap.intoArray(taps, to + pixel + c, mask);
        }
      }
    }
  }

  /** Sums up a row of dx after another: it stays in L1, and memory is written from end to end. */
  @Override
  public void maxGradient(
      PoolGeometry g,
      float[] dy,
      int dyo,
      float[] taps,
      int to,
      float[] dx,
      int dxo,
      int fromRow,
      int toRow) {
    int channels = g.channels();
    int line = g.inWidth() * channels;
    for (int row = fromRow; row < toRow; row++) {
      int begin = dxo + row * line;
      Arrays.fill(dx, begin, begin + line, 0);
      for (int oy = g.firstRowAt(row); oy < g.endRowAt(row); oy++) {
        int tapRow = (row - oy * g.strideHeight() + g.padTop()) * g.kernelWidth();
        for (int ox = 0; ox < g.outWidth(); ox++) {
          int firstColumn = ox * g.strideWidth() - g.padLeft();
          int left = Math.max(firstColumn, 0);
          int right = Math.min(firstColumn + g.kernelWidth(), g.inWidth());
          int window = begin + left * channels;
          int firstTap = tapRow + left - firstColumn;
          int pixel = (oy * g.outWidth() + ox) * channels;
          for (int c = 0; c < channels; c += L) {
            var mask = Lanes.S.indexInRange(c, channels);
            var gradient = FloatVector.fromArray(Lanes.S, dy, dyo + pixel + c, mask);
            var tap = FloatVector.fromArray(Lanes.S, taps, to + pixel + c, mask);
            for (int column = 0; column < right - left; column++) {
              int at = window + c + column * channels;
              var here = tap.compare(VectorOperators.EQ, firstTap + column);
              var sum = FloatVector.fromArray(Lanes.S, dx, at, mask);
              sum.add(gradient, here).intoArray(dx, at, mask);
            }
          }
        }
      }
    }
  }

  @Override
  public void average(
      PoolGeometry g,
      float[] x,
      int xo,
      float[] y,
      int yo,
      int fromRow,
      int toRow,
      int fromChannel,
      int toChannel) {
    if (isInsideByTwo(g)) {
      averageByTwo(g, x, xo, y, yo, fromRow, toRow, fromChannel, toChannel);
      return;
    }
    if (isGlobal(g)) {
      averageOfAll(g, x, xo, y, yo, fromChannel, toChannel);
      return;
    }
    // All channels of a pixel before the next one: memory is read in the order of addresses.
    for (int oy = fromRow; oy < toRow; oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = Math.min(oy * g.strideHeight() - g.padTop() + g.kernelHeight(), g.inHeight());
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
        int to = yo + (oy * g.outWidth() + ox) * g.outPitch();
        int divisor = g.divisor(oy, ox);
        float inverse = exactInverse(divisor);
        for (int c = fromChannel; c < toChannel; c += L) {
          var mask = Lanes.S.indexInRange(c, toChannel);
          var sum = FloatVector.zero(Lanes.S);
          for (int row = top; row < bottom; row++) {
            int at = xo + (row * g.inWidth() + left) * g.inPitch() + c;
            for (int column = left; column < right; column++, at += g.inPitch()) {
              sum = sum.add(FloatVector.fromArray(Lanes.S, x, at, mask));
            }
          }
          var average = inverse > 0 ? sum.mul(inverse) : sum.div(divisor);
          average.intoArray(y, to + c, mask);
        }
      }
    }
  }

  /** Adds up a row of dx after another, as {@link #maxGradient} does. */
  @Override
  public void averageGradient(
      PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo, int fromRow, int toRow) {
    if (isGlobal(g)) {
      averageGradientOfAll(g, dy, dyo, dx, dxo, fromRow, toRow);
      return;
    }
    int channels = g.channels();
    int line = g.inWidth() * channels;
    Arrays.fill(dx, dxo + fromRow * line, dxo + toRow * line, 0);
    boolean disjoint = g.strideHeight() >= g.kernelHeight() && g.strideWidth() >= g.kernelWidth();
    if (disjoint && isInsideByTwo(g)) {
      averageGradientByTwo(g, dy, dyo, dx, dxo, fromRow, toRow);
      return;
    }
    for (int row = fromRow; row < toRow; row++) {
      int begin = dxo + row * line;
      for (int oy = g.firstRowAt(row); oy < g.endRowAt(row); oy++) {
        for (int ox = 0; ox < g.outWidth(); ox++) {
          int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
          int right = Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
          int from = dyo + (oy * g.outWidth() + ox) * channels;
          int divisor = g.divisor(oy, ox);
          float inverse = exactInverse(divisor);
          for (int c = 0; c < channels; c += L) {
            var mask = Lanes.S.indexInRange(c, channels);
            var gradient = FloatVector.fromArray(Lanes.S, dy, from + c, mask);
            var share = inverse > 0 ? gradient.mul(inverse) : gradient.div(divisor);
            for (int column = left; column < right; column++) {
              int at = begin + column * channels + c;
              if (disjoint) {
                share.intoArray(dx, at, mask);
              } else {
                FloatVector.fromArray(Lanes.S, dx, at, mask).add(share).intoArray(dx, at, mask);
              }
            }
          }
        }
      }
    }
  }

  /** Returns whether all windows are the usual ones: 2 x 2, without padding. */
  private static boolean isInsideByTwo(PoolGeometry g) {
    return g.kernelHeight() == 2
        && g.kernelWidth() == 2
        && g.padTop() == 0
        && g.padLeft() == 0
        && (g.outHeight() - 1) * g.strideHeight() + 2 <= g.inHeight()
        && (g.outWidth() - 1) * g.strideWidth() + 2 <= g.inWidth();
  }

  private static void averageByTwo(
      PoolGeometry g,
      float[] x,
      int xo,
      float[] y,
      int yo,
      int fromRow,
      int toRow,
      int fromChannel,
      int toChannel) {
    int pitch = g.inPitch();
    int line = g.inWidth() * pitch;
    int step = g.strideWidth() * pitch;
    for (int c = fromChannel; c < toChannel; c += L) {
      var mask = Lanes.S.indexInRange(0, toChannel - c);
      for (int oy = fromRow; oy < toRow; oy++) {
        int at = xo + oy * g.strideHeight() * line + c;
        int to = yo + oy * g.outWidth() * g.outPitch() + c;
        for (int ox = 0; ox < g.outWidth(); ox++) {
          FloatVector.fromArray(Lanes.S, x, at, mask)
              .add(FloatVector.fromArray(Lanes.S, x, at + pitch, mask))
              .add(FloatVector.fromArray(Lanes.S, x, at + line, mask))
              .add(FloatVector.fromArray(Lanes.S, x, at + line + pitch, mask))
              .mul(0.25f)
              .intoArray(y, to, mask);
          at += step;
          to += g.outPitch();
        }
      }
    }
  }

  private static void averageGradientByTwo(
      PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo, int fromRow, int toRow) {
    int channels = g.channels();
    int line = g.inWidth() * channels;
    int step = g.strideWidth() * channels;
    for (int row = fromRow; row < toRow; row++) {
      int oy = row / g.strideHeight();
      if (oy >= g.outHeight() || row - oy * g.strideHeight() >= 2) {
        continue;
      }
      for (int c = 0; c < channels; c += L) {
        var mask = Lanes.S.indexInRange(0, channels - c);
        int at = dyo + oy * g.outWidth() * channels + c;
        int to = dxo + row * line + c;
        for (int ox = 0; ox < g.outWidth(); ox++) {
          var share = FloatVector.fromArray(Lanes.S, dy, at, mask).mul(0.25f);
          share.intoArray(dx, to, mask);
          share.intoArray(dx, to + channels, mask);
          at += channels;
          to += step;
        }
      }
    }
  }

  /** Returns 1 / divisor where a product with it has the bits of a quotient, else 0. */
  private static float exactInverse(int divisor) {
    return Integer.bitCount(divisor) == 1 ? 1f / divisor : 0;
  }

  /** Returns whether one window has all of the input. */
  private static boolean isGlobal(PoolGeometry g) {
    return g.outPixels() == 1
        && g.kernelHeight() - g.padTop() >= g.inHeight()
        && g.kernelWidth() - g.padLeft() >= g.inWidth();
  }

  /** Sums up four pixels at a time, which come one behind another in memory. */
  private static void averageOfAll(
      PoolGeometry g, float[] x, int xo, float[] y, int yo, int from, int to) {
    int pitch = g.inPitch();
    int whole = to - (to - from) % L;
    int pixels = g.inPixels();
    Arrays.fill(y, yo + from, yo + to, 0);
    int pixel = 0;
    for (; pixel + 4 <= pixels; pixel += 4) {
      int at = xo + pixel * pitch;
      for (int c = from; c < whole; c += L) {
        FloatVector.fromArray(Lanes.S, x, at + c)
            .add(FloatVector.fromArray(Lanes.S, x, at + pitch + c))
            .add(
                FloatVector.fromArray(Lanes.S, x, at + 2 * pitch + c)
                    .add(FloatVector.fromArray(Lanes.S, x, at + 3 * pitch + c)))
            .add(FloatVector.fromArray(Lanes.S, y, yo + c))
            .intoArray(y, yo + c);
      }
    }
    for (; pixel < pixels; pixel++) {
      int at = xo + pixel * pitch;
      for (int c = from; c < whole; c += L) {
        FloatVector.fromArray(Lanes.S, x, at + c)
            .add(FloatVector.fromArray(Lanes.S, y, yo + c))
            .intoArray(y, yo + c);
      }
    }
    if (whole < to) {
      var mask = Lanes.S.indexInRange(whole, to);
      var sum = FloatVector.zero(Lanes.S);
      for (int i = 0; i < pixels; i++) {
        sum = sum.add(FloatVector.fromArray(Lanes.S, x, xo + i * pitch + whole, mask));
      }
      sum.intoArray(y, yo + whole, mask);
    }
    for (int c = from, divisor = g.divisor(0, 0); c < to; c++) {
      y[yo + c] /= divisor;
    }
  }

  /** Every pixel gets the same gradients. */
  private static void averageGradientOfAll(
      PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo, int fromRow, int toRow) {
    int channels = g.channels();
    int first = dxo + fromRow * g.inWidth() * channels;
    for (int c = 0, divisor = g.divisor(0, 0); c < channels; c++) {
      dx[first + c] = dy[dyo + c] / divisor;
    }
    for (int pixel = 1; pixel < (toRow - fromRow) * g.inWidth(); pixel++) {
      System.arraycopy(dx, first, dx, first + pixel * channels, channels);
    }
  }
}
