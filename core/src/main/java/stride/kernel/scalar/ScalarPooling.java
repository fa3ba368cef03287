package stride.kernel.scalar;

import java.util.Arrays;
import stride.kernel.PoolGeometry;
import stride.kernel.Pooling;

/** Max and average pooling, all channels of a pixel in one loop. */
public final class ScalarPooling implements Pooling {
  /** Makes the pooling kernels; they have no state. */
  public ScalarPooling() {}

  @Override
  public void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int fromRow, int toRow) {
    int channels = g.channels();
    for (int oy = fromRow; oy < toRow; oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = bottom(g, oy);
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = right(g, ox);
        int to = yo + (oy * g.outWidth() + ox) * g.outPitch();
        Arrays.fill(y, to, to + channels, Float.NEGATIVE_INFINITY);
        for (int iy = top; iy < bottom; iy++) {
          for (int ix = left; ix < right; ix++) {
            int from = xo + (iy * g.inWidth() + ix) * g.inPitch();
            for (int c = 0; c < channels; c++) {
              y[to + c] = Math.max(y[to + c], x[from + c]);
            }
          }
        }
      }
    }
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
      int bottom = bottom(g, oy);
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int firstColumn = ox * g.strideWidth() - g.padLeft();
        int left = Math.max(firstColumn, 0);
        int right = right(g, ox);
        int pixel = (oy * g.outWidth() + ox) * channels;
        for (int c = 0; c < channels; c++) {
          y[yo + pixel + c] = Float.NEGATIVE_INFINITY;
          taps[to + pixel + c] = (top - first) * g.kernelWidth() + left - firstColumn;
        }
        for (int iy = top; iy < bottom; iy++) {
          for (int ix = left; ix < right; ix++) {
            int tap = (iy - first) * g.kernelWidth() + ix - firstColumn;
            int from = xo + (iy * g.inWidth() + ix) * channels;
            larger(x, from, tap, y, yo + pixel, taps, to + pixel, channels);
          }
        }
      }
    }
  }

  private static void larger(
      float[] x, int from, int tap, float[] y, int yo, float[] taps, int to, int n) {
    for (int c = 0; c < n; c++) {
      float value = x[from + c];
      float best = y[yo + c];
      boolean wins = value > best | Float.isNaN(value);
      y[yo + c] = wins ? value : best;
      taps[to + c] = wins ? tap : taps[to + c];
    }
  }

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
    Arrays.fill(dx, dxo + fromRow * line, dxo + toRow * line, 0);
    for (int oy = g.firstRowAt(fromRow); oy < g.endRowAt(toRow - 1); oy++) {
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int top = oy * g.strideHeight() - g.padTop();
        int left = ox * g.strideWidth() - g.padLeft();
        int pixel = (oy * g.outWidth() + ox) * channels;
        for (int c = 0; c < channels; c++) {
          int tap = (int) taps[to + pixel + c];
          int row = top + tap / g.kernelWidth();
          if (row >= fromRow && row < toRow) {
            int column = left + tap % g.kernelWidth();
            dx[dxo + row * line + column * channels + c] += dy[dyo + pixel + c];
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
    int count = toChannel - fromChannel;
    for (int oy = fromRow; oy < toRow; oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = bottom(g, oy);
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = right(g, ox);
        int to = yo + (oy * g.outWidth() + ox) * g.outPitch() + fromChannel;
        Arrays.fill(y, to, to + count, 0);
        for (int iy = top; iy < bottom; iy++) {
          for (int ix = left; ix < right; ix++) {
            add(x, xo + (iy * g.inWidth() + ix) * g.inPitch() + fromChannel, y, to, count);
          }
        }
        float divisor = g.divisor(oy, ox);
        for (int c = to; c < to + count; c++) {
          y[c] /= divisor;
        }
      }
    }
  }

  @Override
  public void averageGradient(
      PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo, int fromRow, int toRow) {
    int channels = g.channels();
    int line = g.inWidth() * channels;
    Arrays.fill(dx, dxo + fromRow * line, dxo + toRow * line, 0);
    for (int oy = g.firstRowAt(fromRow); oy < g.endRowAt(toRow - 1); oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), fromRow);
      int bottom = Math.min(bottom(g, oy), toRow);
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = right(g, ox);
        int from = dyo + (oy * g.outWidth() + ox) * channels;
        float divisor = g.divisor(oy, ox);
        for (int iy = top; iy < bottom; iy++) {
          for (int ix = left; ix < right; ix++) {
            int to = dxo + (iy * g.inWidth() + ix) * channels;
            for (int c = 0; c < channels; c++) {
              dx[to + c] += dy[from + c] / divisor;
            }
          }
        }
      }
    }
  }

  private static int bottom(PoolGeometry g, int oy) {
    return Math.min(oy * g.strideHeight() - g.padTop() + g.kernelHeight(), g.inHeight());
  }

  private static int right(PoolGeometry g, int ox) {
    return Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
  }

  private static void add(float[] x, int xo, float[] sums, int so, int n) {
    for (int c = 0; c < n; c++) {
      sums[so + c] += x[xo + c];
    }
  }
}
