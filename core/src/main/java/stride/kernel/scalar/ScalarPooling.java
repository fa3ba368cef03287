package stride.kernel.scalar;

import java.util.Arrays;
import stride.kernel.PoolGeometry;
import stride.kernel.Pooling;

/** Max and average pooling, all channels of a pixel in one loop. */
public final class ScalarPooling implements Pooling {
  @Override
  public void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int[] argmax, int ao) {
    int channels = g.channels();
    for (int oy = 0; oy < g.outHeight(); oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = bottom(g, oy);
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = right(g, ox);
        int pixel = (oy * g.outWidth() + ox) * channels;
        for (int c = 0; c < channels; c++) {
          y[yo + pixel + c] = Float.NEGATIVE_INFINITY;
          argmax[ao + pixel + c] = (top * g.inWidth() + left) * channels + c;
        }
        for (int iy = top; iy < bottom; iy++) {
          for (int ix = left; ix < right; ix++) {
            larger(x, xo, (iy * g.inWidth() + ix) * channels, y, yo, argmax, ao, pixel, channels);
          }
        }
      }
    }
  }

  private static void larger(
      float[] x, int xo, int from, float[] y, int yo, int[] argmax, int ao, int to, int n) {
    for (int c = 0; c < n; c++) {
      float value = x[xo + from + c];
      float best = y[yo + to + c];
      boolean wins = value > best | Float.isNaN(value);
      y[yo + to + c] = wins ? value : best;
      argmax[ao + to + c] = wins ? from + c : argmax[ao + to + c];
    }
  }

  @Override
  public void maxGradient(
      PoolGeometry g, float[] dy, int dyo, int[] argmax, int ao, float[] dx, int dxo) {
    int channels = g.channels();
    Arrays.fill(dx, dxo, dxo + g.inPixels() * channels, 0);
    int n = g.outPixels() * channels;
    for (int i = 0; i < n; i++) {
      dx[dxo + argmax[ao + i]] += dy[dyo + i];
    }
  }

  @Override
  public void average(PoolGeometry g, float[] x, int xo, float[] y, int yo) {
    int channels = g.channels();
    for (int oy = 0; oy < g.outHeight(); oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = bottom(g, oy);
      for (int ox = 0; ox < g.outWidth(); ox++) {
        int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
        int right = right(g, ox);
        int to = yo + (oy * g.outWidth() + ox) * channels;
        Arrays.fill(y, to, to + channels, 0);
        for (int iy = top; iy < bottom; iy++) {
          for (int ix = left; ix < right; ix++) {
            add(x, xo + (iy * g.inWidth() + ix) * channels, y, to, channels);
          }
        }
        float divisor = g.divisor(oy, ox);
        for (int c = to; c < to + channels; c++) {
          y[c] /= divisor;
        }
      }
    }
  }

  @Override
  public void averageGradient(PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo) {
    int channels = g.channels();
    Arrays.fill(dx, dxo, dxo + g.inPixels() * channels, 0);
    for (int oy = 0; oy < g.outHeight(); oy++) {
      int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
      int bottom = bottom(g, oy);
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
