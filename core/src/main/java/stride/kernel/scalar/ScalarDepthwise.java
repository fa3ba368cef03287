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
  /** Multiply-adds of a part of the forward pass: more than it costs to hand it to a thread. */
  private static final int BAND = 1 << 16;

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

  /** A part is a band of rows of one sample: a single image is work for several threads. */
  @Override
  public ConvolutionPass forward() {
    long row = (long) g.outWidth() * channels * g.kernelHeight() * g.kernelWidth();
    int rows = Math.clamp(BAND / row, 1, g.outHeight());
    int bands = Math.ceilDiv(g.outHeight(), rows);
    return new Pass() {
      @Override
      public int parts(int samples) {
        return samples * bands;
      }

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
        int sample = first + part / bands;
        int image = xo + sample * g.inPixels() * inPitch;
        int from = part % bands * rows;
        int to = Math.min(from + rows, g.outHeight());
        for (int row = from; row < to; row++) {
          int result = yo + (sample * g.outPixels() + row * g.outWidth()) * outPitch;
          for (int column = 0; column < g.outWidth(); column++) {
            Arrays.fill(scratch, 0, channels, 0);
            sum(x, image, row, column, packed, po, scratch);
            epilogue.apply(scratch, 0, 0, channels, y, yo, result + column * outPitch);
          }
        }
      }
    };
  }

  /** Adds the products of an output pixel's window, tap by tap. */
  private void sum(float[] x, int image, int row, int column, float[] w, int wo, float[] sums) {
    int left = column * g.strideWidth() - g.padLeft();
    int step = g.dilationWidth() * inPitch;
    boolean inside = left >= 0 && left + 2 * g.dilationWidth() < g.inWidth();
    for (int i = 0; i < g.kernelHeight(); i++) {
      int inRow = row * g.strideHeight() - g.padTop() + i * g.dilationHeight();
      if (inRow < 0 || inRow >= g.inHeight()) {
        continue;
      }
      int at = image + (inRow * g.inWidth() + left) * inPitch;
      int weights = wo + i * g.kernelWidth() * channels;
      if (g.kernelWidth() == 3 && inside) {
        multiplyAddThree(x, at, step, w, weights, sums, channels);
        continue;
      }
      for (int j = 0; j < g.kernelWidth(); j++) {
        int inColumn = left + j * g.dilationWidth();
        if (inColumn >= 0 && inColumn < g.inWidth()) {
          multiplyAdd(x, at + j * step, w, weights + j * channels, sums, 0, channels);
        }
      }
    }
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

  /** The common part of both passes: weights are not packed, and a sample is one part at least. */
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

  /** Three neighbouring taps, whose sums stay in a register in between. */
  private static void multiplyAddThree(
      float[] a, int ao, int step, float[] b, int bo, float[] sums, int n) {
    int second = ao + step;
    int third = second + step;
    for (int c = 0; c < n; c++) {
      float sum = sums[c] + a[ao + c] * b[bo + c];
      sum += a[second + c] * b[bo + n + c];
      sums[c] = sum + a[third + c] * b[bo + 2 * n + c];
    }
  }

  private static void multiplyAdd(
      float[] a, int ao, float[] b, int bo, float[] sums, int so, int n) {
    for (int c = 0; c < n; c++) {
      sums[so + c] += a[ao + c] * b[bo + c];
    }
  }
}
