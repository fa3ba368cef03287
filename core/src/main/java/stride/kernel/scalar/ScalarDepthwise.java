package stride.kernel.scalar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;

/** Depthwise convolution: each channel by itself, all channels of a pixel in one loop. */
public final class ScalarDepthwise implements Convolution {
  private static final int PANEL = 16;

  private final ConvGeometry g;
  private final int channels;

  /**
   * @throws IllegalArgumentException if the geometry is not {@link ConvGeometry#isDepthwise}
   */
  public ScalarDepthwise(ConvGeometry geometry) {
    if (!geometry.isDepthwise()) {
      throw new IllegalArgumentException("not a depthwise convolution: " + geometry);
    }
    g = geometry;
    channels = g.outChannels();
  }

  @Override
  public ConvGeometry geometry() {
    return g;
  }

  @Override
  public int scratchLength() {
    return 0;
  }

  @Override
  public int packedLength() {
    return g.weights();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    System.arraycopy(w, wo, packed, po, g.weights());
  }

  @Override
  public int packedGradientLength() {
    return g.weights();
  }

  @Override
  public void packGradient(float[] w, int wo, float[] packed, int po) {
    System.arraycopy(w, wo, packed, po, g.weights());
  }

  @Override
  public int panels() {
    return (channels + PANEL - 1) / PANEL;
  }

  @Override
  public void forward(
      float[] x,
      int xo,
      float[] packed,
      int po,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int fromPixel,
      int toPixel,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    int channel = fromPanel * PANEL;
    int n = Math.min(toPanel * PANEL, channels) - channel;
    for (int pixel = fromPixel; pixel < toPixel; pixel++) {
      int to = yo + pixel * channels + channel;
      if (bias == null) {
        Arrays.fill(y, to, to + n, 0);
      } else {
        System.arraycopy(bias, bo + channel, y, to, n);
      }
      for (int tap = 0; tap < g.kernelHeight() * g.kernelWidth(); tap++) {
        int in = inPixel(pixel, tap);
        if (in >= 0) {
          multiplyAdd(
              x, xo + in * channels + channel, packed, po + tap * channels + channel, y, to, n);
        }
      }
    }
  }

  @Override
  public void inputGradient(
      float[] dy, int dyo, float[] packed, int po, float[] dx, int dxo, float[] scratch) {
    Arrays.fill(dx, dxo, dxo + g.inPixels() * channels, 0);
    for (int pixel = 0; pixel < g.outPixels(); pixel++) {
      int from = dyo + pixel * channels;
      for (int tap = 0; tap < g.kernelHeight() * g.kernelWidth(); tap++) {
        int in = inPixel(pixel, tap);
        if (in >= 0) {
          multiplyAdd(dy, from, packed, po + tap * channels, dx, dxo + in * channels, channels);
        }
      }
    }
  }

  @Override
  public void weightGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] dw,
      int dwo,
      int fromPanel,
      int toPanel,
      float[] scratch) {
    int channel = fromPanel * PANEL;
    int n = Math.min(toPanel * PANEL, channels) - channel;
    for (int pixel = 0; pixel < g.outPixels(); pixel++) {
      int from = dyo + pixel * channels + channel;
      for (int tap = 0; tap < g.kernelHeight() * g.kernelWidth(); tap++) {
        int in = inPixel(pixel, tap);
        if (in >= 0) {
          multiplyAdd(
              x, xo + in * channels + channel, dy, from, dw, dwo + tap * channels + channel, n);
        }
      }
    }
  }

  /** The input pixel that a tap of an output pixel's window reads, -1 if outside of the image. */
  private int inPixel(int pixel, int tap) {
    int y =
        pixel / g.outWidth() * g.strideHeight()
            - g.padTop()
            + tap / g.kernelWidth() * g.dilationHeight();
    int x =
        pixel % g.outWidth() * g.strideWidth()
            - g.padLeft()
            + tap % g.kernelWidth() * g.dilationWidth();
    boolean inside = y >= 0 && y < g.inHeight() && x >= 0 && x < g.inWidth();
    return inside ? y * g.inWidth() + x : -1;
  }

  private static void multiplyAdd(
      float[] a, int ao, float[] b, int bo, float[] sums, int so, int n) {
    for (int c = 0; c < n; c++) {
      sums[so + c] += a[ao + c] * b[bo + c];
    }
  }
}
