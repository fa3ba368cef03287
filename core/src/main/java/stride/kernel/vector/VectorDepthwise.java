package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;

/**
 * A convolution of each channel by itself, with vectors of channels: weights (kernelHeight,
 * kernelWidth, 1, channels) are read as they lie. A panel is one vector of channels.
 */
final class VectorDepthwise implements Convolution {
  private static final int L = Lanes.COUNT;

  private final ConvGeometry g;
  private final int channels;

  VectorDepthwise(ConvGeometry g) {
    this.g = g;
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
    pack(w, wo, packed, po);
  }

  @Override
  public int panels() {
    return (channels + L - 1) / L;
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
    for (int panel = fromPanel; panel < toPanel; panel++) {
      int c = panel * L;
      var mask = Lanes.S.indexInRange(0, channels - panel * L);
      var start =
          bias == null
              ? FloatVector.zero(Lanes.S)
              : FloatVector.fromArray(Lanes.S, bias, bo + c, mask);
      for (int pixel = fromPixel; pixel < toPixel; pixel++) {
        int top = pixel / g.outWidth() * g.strideHeight() - g.padTop();
        int left = pixel % g.outWidth() * g.strideWidth() - g.padLeft();
        var sum = start;
        for (int i = 0; i < g.kernelHeight(); i++) {
          int row = top + i * g.dilationHeight();
          if (row < 0 || row >= g.inHeight()) {
            continue;
          }
          for (int j = 0; j < g.kernelWidth(); j++) {
            int column = left + j * g.dilationWidth();
            if (column >= 0 && column < g.inWidth()) {
              int from = xo + (row * g.inWidth() + column) * channels + c;
              int tap = po + (i * g.kernelWidth() + j) * channels + c;
              sum =
                  FloatVector.fromArray(Lanes.S, x, from, mask)
                      .fma(FloatVector.fromArray(Lanes.S, packed, tap, mask), sum);
            }
          }
        }
        sum.intoArray(y, yo + pixel * channels + c, mask);
      }
    }
  }

  @Override
  public void inputGradient(
      float[] dy, int dyo, float[] packed, int po, float[] dx, int dxo, float[] scratch) {
    Arrays.fill(dx, dxo, dxo + g.inPixels() * channels, 0);
    for (int panel = 0; panel < panels(); panel++) {
      int c = panel * L;
      var mask = Lanes.S.indexInRange(0, channels - panel * L);
      for (int pixel = 0; pixel < g.outPixels(); pixel++) {
        int top = pixel / g.outWidth() * g.strideHeight() - g.padTop();
        int left = pixel % g.outWidth() * g.strideWidth() - g.padLeft();
        var d = FloatVector.fromArray(Lanes.S, dy, dyo + pixel * channels + c, mask);
        for (int i = 0; i < g.kernelHeight(); i++) {
          int row = top + i * g.dilationHeight();
          if (row < 0 || row >= g.inHeight()) {
            continue;
          }
          for (int j = 0; j < g.kernelWidth(); j++) {
            int column = left + j * g.dilationWidth();
            if (column >= 0 && column < g.inWidth()) {
              int to = dxo + (row * g.inWidth() + column) * channels + c;
              int tap = po + (i * g.kernelWidth() + j) * channels + c;
              d.fma(
                      FloatVector.fromArray(Lanes.S, packed, tap, mask),
                      FloatVector.fromArray(Lanes.S, dx, to, mask))
                  .intoArray(dx, to, mask);
            }
          }
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
    for (int panel = fromPanel; panel < toPanel; panel++) {
      int c = panel * L;
      var mask = Lanes.S.indexInRange(0, channels - panel * L);
      for (int i = 0; i < g.kernelHeight(); i++) {
        for (int j = 0; j < g.kernelWidth(); j++) {
          int tap = dwo + (i * g.kernelWidth() + j) * channels + c;
          var sum = FloatVector.zero(Lanes.S);
          for (int pixel = 0; pixel < g.outPixels(); pixel++) {
            int row = pixel / g.outWidth() * g.strideHeight() - g.padTop() + i * g.dilationHeight();
            int column =
                pixel % g.outWidth() * g.strideWidth() - g.padLeft() + j * g.dilationWidth();
            if (row >= 0 && row < g.inHeight() && column >= 0 && column < g.inWidth()) {
              int from = xo + (row * g.inWidth() + column) * channels + c;
              sum =
                  FloatVector.fromArray(Lanes.S, x, from, mask)
                      .fma(
                          FloatVector.fromArray(Lanes.S, dy, dyo + pixel * channels + c, mask),
                          sum);
            }
          }
          FloatVector.fromArray(Lanes.S, dw, tap, mask).add(sum).intoArray(dw, tap, mask);
        }
      }
    }
  }
}
