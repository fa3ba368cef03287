package stride.kernel.reference;

import org.jspecify.annotations.Nullable;
import stride.kernel.ConvGeometry;

/** The convolution of one image, and its gradients, each summed as its definition says. */
public final class ReferenceConvolution {
  private ReferenceConvolution() {}

  /**
   * y[oy, ox, o] = bias[o] + the sum over i, j, c of x[oy s - p + i d, ox s - p + j d, c] w[i, j,
   * c, o].
   */
  public static double[] forward(ConvGeometry g, double[] x, double[] w, double @Nullable [] bias) {
    var y = new double[g.outHeight() * g.outWidth() * g.outChannels()];
    for (int oy = 0; oy < g.outHeight(); oy++) {
      for (int ox = 0; ox < g.outWidth(); ox++) {
        for (int o = 0; o < g.outChannels(); o++) {
          double sum = bias == null ? 0 : bias[o];
          for (int i = 0; i < g.kernelHeight(); i++) {
            for (int j = 0; j < g.kernelWidth(); j++) {
              for (int c = 0; c < g.inChannels() / g.groups(); c++) {
                sum +=
                    input(g, x, inY(g, oy, i), inX(g, ox, j), firstInput(g, o) + c)
                        * w[weight(g, i, j, c, o)];
              }
            }
          }
          y[output(g, oy, ox, o)] = sum;
        }
      }
    }
    return y;
  }

  /**
   * dx[iy, ix, c] = the sum of dy[oy, ox, o] w[i, j, c, o] over all taps and outputs through which
   * the input counts: the full convolution of dy with the flipped filter.
   */
  public static double[] inputGradient(ConvGeometry g, double[] dy, double[] w) {
    var dx = new double[g.inHeight() * g.inWidth() * g.inChannels()];
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    for (int iy = 0; iy < g.inHeight(); iy++) {
      for (int ix = 0; ix < g.inWidth(); ix++) {
        for (int c = 0; c < g.inChannels(); c++) {
          double sum = 0;
          for (int i = 0; i < g.kernelHeight(); i++) {
            for (int j = 0; j < g.kernelWidth(); j++) {
              int fromTop = iy + g.padTop() - i * g.dilationHeight();
              int fromLeft = ix + g.padLeft() - j * g.dilationWidth();
              if (fromTop % g.strideHeight() != 0 || fromLeft % g.strideWidth() != 0) {
                continue;
              }
              int oy = fromTop / g.strideHeight();
              int ox = fromLeft / g.strideWidth();
              if (fromTop < 0 || fromLeft < 0 || oy >= g.outHeight() || ox >= g.outWidth()) {
                continue;
              }
              for (int n = 0; n < groupOut; n++) {
                int o = c / groupIn * groupOut + n;
                sum += dy[output(g, oy, ox, o)] * w[weight(g, i, j, c % groupIn, o)];
              }
            }
          }
          dx[(iy * g.inWidth() + ix) * g.inChannels() + c] = sum;
        }
      }
    }
    return dx;
  }

  /** dw[i, j, c, o] = the sum over oy, ox of x[oy s - p + i d, ox s - p + j d, c] dy[oy, ox, o]. */
  public static double[] weightGradient(ConvGeometry g, double[] x, double[] dy) {
    int groupIn = g.inChannels() / g.groups();
    var dw = new double[g.kernelHeight() * g.kernelWidth() * groupIn * g.outChannels()];
    for (int i = 0; i < g.kernelHeight(); i++) {
      for (int j = 0; j < g.kernelWidth(); j++) {
        for (int c = 0; c < groupIn; c++) {
          for (int o = 0; o < g.outChannels(); o++) {
            double sum = 0;
            for (int oy = 0; oy < g.outHeight(); oy++) {
              for (int ox = 0; ox < g.outWidth(); ox++) {
                sum +=
                    input(g, x, inY(g, oy, i), inX(g, ox, j), firstInput(g, o) + c)
                        * dy[output(g, oy, ox, o)];
              }
            }
            dw[weight(g, i, j, c, o)] = sum;
          }
        }
      }
    }
    return dw;
  }

  private static double input(ConvGeometry g, double[] x, int iy, int ix, int c) {
    boolean inside = iy >= 0 && iy < g.inHeight() && ix >= 0 && ix < g.inWidth();
    return inside ? x[(iy * g.inWidth() + ix) * g.inChannels() + c] : 0;
  }

  private static int inY(ConvGeometry g, int oy, int i) {
    return oy * g.strideHeight() - g.padTop() + i * g.dilationHeight();
  }

  private static int inX(ConvGeometry g, int ox, int j) {
    return ox * g.strideWidth() - g.padLeft() + j * g.dilationWidth();
  }

  /** The first input channel of output channel o's group. */
  private static int firstInput(ConvGeometry g, int o) {
    int group = o / (g.outChannels() / g.groups());
    return group * (g.inChannels() / g.groups());
  }

  private static int output(ConvGeometry g, int oy, int ox, int o) {
    return (oy * g.outWidth() + ox) * g.outChannels() + o;
  }

  private static int weight(ConvGeometry g, int i, int j, int c, int o) {
    int groupIn = g.inChannels() / g.groups();
    return ((i * g.kernelWidth() + j) * groupIn + c) * g.outChannels() + o;
  }
}
