package stride.kernel.scalar;

import java.util.Arrays;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;
import stride.kernel.WeightGradient;

/** Depthwise convolution: channels are separate, all channels of a pixel are in one loop. */
final class ScalarDepthwise implements Convolution {
  private final ConvGeometry g;
  private final int channels;

  /** Floats from a pixel to the next one in the forward pass. */
  private final int inPitch;

  private final int outPitch;

  /**
   * @throws IllegalArgumentException if the geometry is not {@link ConvGeometry#isDepthwise}
   */
  ScalarDepthwise(ConvGeometry geometry, Kernels.Usage usage) {
    if (!geometry.isDepthwise()) {
      throw new IllegalArgumentException("not a depthwise convolution: " + geometry);
    }
    g = geometry;
    channels = g.outChannels();
    inPitch = usage.inPitch() == 0 ? channels : usage.inPitch();
    outPitch = usage.outPitch() == 0 ? channels : usage.outPitch();
  }

  @Override
  public ConvGeometry geometry() {
    return g;
  }

  @Override
  public ConvolutionPass forward() {
    return new Pass() {
      @Override
      public void run(
          float[] x,
          int xo,
          float[] packed,
          int po,
          Epilogue epilogue,
          float[] y,
          int yo,
          int first,
          int samples,
          int part,
          float[] scratch) {
        int image = xo + (first + part) * g.inPixels() * inPitch;
        int result = yo + (first + part) * g.outPixels() * outPitch;
        for (int pixel = 0; pixel < g.outPixels(); pixel++) {
          Arrays.fill(scratch, 0, channels, 0);
          for (int tap = 0; tap < g.kernelHeight() * g.kernelWidth(); tap++) {
            int in = inPixel(pixel, tap);
            if (in >= 0) {
              multiplyAdd(
                  x, image + in * inPitch, packed, po + tap * channels, scratch, 0, channels);
            }
          }
          epilogue.apply(scratch, 0, 0, channels, y, yo, result + pixel * outPitch);
        }
      }
    };
  }

  @Override
  public ConvolutionPass inputGradient() {
    return new Pass() {
      @Override
      public int scratchLength() {
        return g.inPixels() * channels;
      }

      @Override
      public void run(
          float[] dy,
          int dyo,
          float[] packed,
          int po,
          Epilogue epilogue,
          float[] dx,
          int dxo,
          int first,
          int samples,
          int part,
          float[] scratch) {
        int gradient = dyo + (first + part) * g.outPixels() * channels;
        Arrays.fill(scratch, 0, g.inPixels() * channels, 0);
        for (int pixel = 0; pixel < g.outPixels(); pixel++) {
          int from = gradient + pixel * channels;
          for (int tap = 0; tap < g.kernelHeight() * g.kernelWidth(); tap++) {
            int in = inPixel(pixel, tap);
            if (in >= 0) {
              multiplyAdd(dy, from, packed, po + tap * channels, scratch, in * channels, channels);
            }
          }
        }
        int to = dxo + (first + part) * g.inPixels() * channels;
        for (int pixel = 0; pixel < g.inPixels(); pixel++) {
          epilogue.apply(scratch, pixel * channels, 0, channels, dx, dxo, to + pixel * channels);
        }
      }
    };
  }

  @Override
  public WeightGradient weightGradient() {
    return new WeightGradient() {
      @Override
      public int scratchLength() {
        return 0;
      }

      @Override
      public int parts() {
        return 1;
      }

      @Override
      public void add(
          float[] x,
          int xo,
          float[] dy,
          int dyo,
          int first,
          int samples,
          float[] dw,
          int dwo,
          int part,
          float[] scratch) {
        for (int n = first; n < first + samples; n++) {
          int image = xo + n * g.inPixels() * channels;
          int gradient = dyo + n * g.outPixels() * channels;
          for (int pixel = 0; pixel < g.outPixels(); pixel++) {
            int from = gradient + pixel * channels;
            for (int tap = 0; tap < g.kernelHeight() * g.kernelWidth(); tap++) {
              int in = inPixel(pixel, tap);
              if (in >= 0) {
                multiplyAdd(x, image + in * channels, dy, from, dw, dwo + tap * channels, channels);
              }
            }
          }
        }
      }
    };
  }

  /** The common part of both passes: weights are not packed, and each sample is one part. */
  private abstract class Pass implements ConvolutionPass {
    @Override
    public String name() {
      return "depthwise";
    }

    @Override
    public int scratchLength() {
      return channels;
    }

    @Override
    public boolean readsPlainWeights() {
      return true;
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
    public int parts(int samples) {
      return samples;
    }
  }

  /**
   * Returns the input pixel that a tap of an output pixel's window reads, -1 if outside of the
   * image.
   */
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
