package stride.kernel.reference;

import stride.kernel.PoolGeometry;

/** Max and average pooling of one image, and their gradients. */
public final class ReferencePooling {
  private ReferencePooling() {}

  /** The index in x of each window's maximum: the first of equals; a NaN counts as the largest. */
  public static int[] argmax(PoolGeometry g, double[] x) {
    var indices = new int[g.outHeight() * g.outWidth() * g.channels()];
    for (int oy = 0; oy < g.outHeight(); oy++) {
      for (int ox = 0; ox < g.outWidth(); ox++) {
        for (int c = 0; c < g.channels(); c++) {
          int best = -1;
          for (int i = 0; i < g.kernelHeight(); i++) {
            for (int j = 0; j < g.kernelWidth(); j++) {
              int iy = oy * g.strideHeight() - g.padTop() + i;
              int ix = ox * g.strideWidth() - g.padLeft() + j;
              if (iy < 0 || iy >= g.inHeight() || ix < 0 || ix >= g.inWidth()) {
                continue;
              }
              int index = (iy * g.inWidth() + ix) * g.channels() + c;
              if (best < 0 || Double.compare(x[index] + 0.0, x[best] + 0.0) > 0) {
                best = index;
              }
            }
          }
          indices[(oy * g.outWidth() + ox) * g.channels() + c] = best;
        }
      }
    }
    return indices;
  }

  /** Each window's maximum over the pixels inside of the image. */
  public static double[] max(PoolGeometry g, double[] x) {
    int[] argmax = argmax(g, x);
    var y = new double[argmax.length];
    for (int k = 0; k < y.length; k++) {
      y[k] = x[argmax[k]];
    }
    return y;
  }

  /** dx[i] = the sum of dy over the windows whose maximum is x[i]. */
  public static double[] maxGradient(PoolGeometry g, double[] x, double[] dy) {
    int[] argmax = argmax(g, x);
    var dx = new double[x.length];
    for (int k = 0; k < dy.length; k++) {
      dx[argmax[k]] += dy[k];
    }
    return dx;
  }

  /** Each window's sum over the pixels inside of the image, by its divisor. */
  public static double[] average(PoolGeometry g, double[] x) {
    var y = new double[g.outHeight() * g.outWidth() * g.channels()];
    for (int oy = 0; oy < g.outHeight(); oy++) {
      for (int ox = 0; ox < g.outWidth(); ox++) {
        for (int c = 0; c < g.channels(); c++) {
          double sum = 0;
          for (int iy = 0; iy < g.inHeight(); iy++) {
            for (int ix = 0; ix < g.inWidth(); ix++) {
              if (covers(g, oy, ox, iy, ix)) {
                sum += x[(iy * g.inWidth() + ix) * g.channels() + c];
              }
            }
          }
          y[(oy * g.outWidth() + ox) * g.channels() + c] = sum / divisor(g, oy, ox);
        }
      }
    }
    return y;
  }

  /** dx[i] = the sum of dy / divisor over the windows that cover x[i]. */
  public static double[] averageGradient(PoolGeometry g, double[] dy) {
    var dx = new double[g.inHeight() * g.inWidth() * g.channels()];
    for (int iy = 0; iy < g.inHeight(); iy++) {
      for (int ix = 0; ix < g.inWidth(); ix++) {
        for (int oy = 0; oy < g.outHeight(); oy++) {
          for (int ox = 0; ox < g.outWidth(); ox++) {
            if (covers(g, oy, ox, iy, ix)) {
              for (int c = 0; c < g.channels(); c++) {
                dx[(iy * g.inWidth() + ix) * g.channels() + c] +=
                    dy[(oy * g.outWidth() + ox) * g.channels() + c] / divisor(g, oy, ox);
              }
            }
          }
        }
      }
    }
    return dx;
  }

  /** Whether window (oy, ox) covers pixel (iy, ix). */
  private static boolean covers(PoolGeometry g, int oy, int ox, int iy, int ix) {
    int i = iy - (oy * g.strideHeight() - g.padTop());
    int j = ix - (ox * g.strideWidth() - g.padLeft());
    return i >= 0 && i < g.kernelHeight() && j >= 0 && j < g.kernelWidth();
  }

  /** Counts the window's pixels that are in the image, or in the image and its padding. */
  private static int divisor(PoolGeometry g, int oy, int ox) {
    int top = g.countsPadding() ? g.padTop() : 0;
    int left = g.countsPadding() ? g.padLeft() : 0;
    int bottom = g.countsPadding() ? g.padBottom() : 0;
    int right = g.countsPadding() ? g.padRight() : 0;
    int count = 0;
    for (int iy = -top; iy < g.inHeight() + bottom; iy++) {
      for (int ix = -left; ix < g.inWidth() + right; ix++) {
        count += covers(g, oy, ox, iy, ix) ? 1 : 0;
      }
    }
    return count;
  }
}
