package stride.kernel.scalar;

import java.util.Arrays;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.Kernels;
import stride.kernel.WeightGradient;

/**
 * Convolution of any geometry as a matrix product over patches (im2col), a {@link Block} at a time.
 *
 * <p>All three products have the form sums[row, lane] += the sum over d of factors[row, d] *
 * columns[d, lane]:
 *
 * <table>
 * <caption>The operands of each product</caption>
 * <tr><td></td><td>row</td><td>lane</td><td>d</td></tr>
 * <tr><td>forward</td><td>pixel</td><td>output channel</td><td>place in the patch</td></tr>
 * <tr><td>input gradient</td><td>pixel</td><td>place in the patch</td><td>output channel</td></tr>
 * <tr><td>weight gradient</td><td>output channel</td><td>place in the patch</td><td>pixel</td></tr>
 * </table>
 */
final class ScalarConvolution implements Convolution {
  /** Output channels to a panel. */
  private static final int PANEL = 16;

  private final ConvGeometry g;
  private final int patch;
  private final int groupIn;
  private final int groupOut;

  /** Floats from a pixel to the next one in the forward pass. */
  private final int inPitch;

  private final int outPitch;

  /** Taps of a filter's row that read neighbouring floats: all of them, or just one. */
  private final int solidTaps;

  private final Block.Pool blocks;

  ScalarConvolution(ConvGeometry geometry, Kernels.Usage usage, Block.Pool blocks) {
    g = geometry;
    this.blocks = blocks;
    patch = g.patchLength();
    groupIn = g.groupInChannels();
    groupOut = g.groupOutChannels();
    inPitch = usage.inPitch() == 0 ? g.inChannels() : usage.inPitch();
    outPitch = usage.outPitch() == 0 ? g.outChannels() : usage.outPitch();
    boolean solid = g.groups() == 1 && g.dilationWidth() == 1 && inPitch == g.inChannels();
    solidTaps = solid ? g.kernelWidth() : 1;
  }

  @Override
  public ConvGeometry geometry() {
    return g;
  }

  @Override
  public ConvolutionPass forward() {
    return new ConvolutionPass() {
      @Override
      public int scratchLength() {
        return 0;
      }

      @Override
      public int packedLength() {
        return g.weights();
      }

      @Override
      public boolean readsPlainWeights() {
        return true;
      }

      @Override
      public void pack(float[] w, int wo, float[] packed, int po) {
        System.arraycopy(w, wo, packed, po, g.weights());
      }

      /** Blocks of pixels, and for each of them blocks of channels. */
      @Override
      public int parts(int samples) {
        return Math.ceilDiv(samples * g.outPixels(), Block.ROWS) * channelParts();
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
        int from = first * g.outPixels() + part / channelParts() * Block.ROWS;
        int to = Math.min(from + Block.ROWS, (first + samples) * g.outPixels());
        var block = blocks.take();
        forward(x, xo, packed, po, epilogue, y, yo, from, to, part % channelParts(), block);
        blocks.give(block);
      }
    };
  }

  /** Channels in groups are not split: there may be many groups, of few channels each. */
  private int channelParts() {
    return g.groups() == 1 ? Math.ceilDiv(g.outChannels(), Block.LANES) : 1;
  }

  /**
   * Computes one part of the channels of the output pixels [fromPixel, toPixel), counted through
   * all samples.
   */
  private void forward(
      float[] x,
      int xo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] y,
      int yo,
      int fromPixel,
      int toPixel,
      int part,
      Block block) {
    int channels = g.outChannels();
    int rows = toPixel - fromPixel;
    int end = part + 1 < channelParts() ? (part + 1) * Block.LANES : channels;
    int lanes;
    for (int o = part * Block.LANES; o < end; o += lanes) {
      int group = o / groupOut;
      lanes = Math.min(Block.LANES, (group + 1) * groupOut - o);
      block.clear(rows, lanes);
      for (int k = 0; k < patch; k += Block.DEPTH) {
        int depth = Math.min(Block.DEPTH, patch - k);
        for (int r = 0; r < rows; r++) {
          int at = Block.factors(r);
          patch(x, xo + group * groupIn, inPitch, fromPixel + r, k, depth, block.factors, at);
        }
        for (int d = 0; d < depth; d++) {
          System.arraycopy(packed, po + (k + d) * channels + o, block.columns[d], 0, lanes);
        }
        block.multiply(rows, depth, lanes);
      }
      for (int r = 0; r < rows; r++) {
        epilogue.apply(block.sums[r], 0, o, lanes, y, yo, yo + (fromPixel + r) * outPitch + o);
      }
    }
  }

  /** Adds each output gradient, times the filter, to the patch that the output was made from. */
  @Override
  public ConvolutionPass inputGradient() {
    return new ConvolutionPass() {
      @Override
      public int scratchLength() {
        return g.inPixels() * g.inChannels();
      }

      @Override
      public int packedLength() {
        return g.weights();
      }

      /** Transposes: each output channel's filter becomes contiguous. */
      @Override
      public void pack(float[] w, int wo, float[] packed, int po) {
        int channels = g.outChannels();
        for (int o = 0; o < channels; o++) {
          for (int k = 0; k < patch; k++) {
            packed[po + o * patch + k] = w[wo + k * channels + o];
          }
        }
      }

      @Override
      public int parts(int samples) {
        return samples;
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
        var block = blocks.take();
        inputGradient(dy, dyo, packed, po, epilogue, dx, dxo, first + part, block, scratch);
        blocks.give(block);
      }
    };
  }

  private void inputGradient(
      float[] dy,
      int dyo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] dx,
      int dxo,
      int sample,
      Block block,
      float[] image) {
    int channels = g.outChannels();
    int in = g.inChannels();
    int gradient = dyo + sample * g.outPixels() * channels;
    Arrays.fill(image, 0, g.inPixels() * in, 0);
    for (int group = 0; group < g.groups(); group++) {
      for (int k = 0; k < patch; k += Block.LANES) {
        int lanes = Math.min(Block.LANES, patch - k);
        for (int pixel = 0; pixel < g.outPixels(); pixel += Block.ROWS) {
          int rows = Math.min(Block.ROWS, g.outPixels() - pixel);
          block.clear(rows, lanes);
          for (int from = 0; from < groupOut; from += Block.DEPTH) {
            int depth = Math.min(Block.DEPTH, groupOut - from);
            int o = group * groupOut + from;
            for (int r = 0; r < rows; r++) {
              int at = gradient + (pixel + r) * channels + o;
              System.arraycopy(dy, at, block.factors, Block.factors(r), depth);
            }
            for (int d = 0; d < depth; d++) {
              System.arraycopy(packed, po + (o + d) * patch + k, block.columns[d], 0, lanes);
            }
            block.multiply(rows, depth, lanes);
          }
          for (int r = 0; r < rows; r++) {
            addToPatch(block.sums[r], pixel + r, k, lanes, image, group * groupIn);
          }
        }
      }
    }
    int to = dxo + sample * g.inPixels() * in;
    for (int pixel = 0; pixel < g.inPixels(); pixel++) {
      epilogue.apply(image, pixel * in, 0, in, dx, dxo, to + pixel * in);
    }
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
        return Math.ceilDiv(g.outChannels(), PANEL);
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
        int from = first * g.outPixels();
        int to = (first + samples) * g.outPixels();
        var block = blocks.take();
        weightGradient(x, xo, dy, dyo, from, to, dw, dwo, part, block);
        blocks.give(block);
      }
    };
  }

  /** Adds the weight gradient of the output pixels [from, to), counted through all samples. */
  private void weightGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int fromPixel,
      int toPixel,
      float[] dw,
      int dwo,
      int panel,
      Block block) {
    int channels = g.outChannels();
    int toChannel = Math.min((panel + 1) * PANEL, channels);
    int rows;
    for (int o = panel * PANEL; o < toChannel; o += rows) {
      int group = o / groupOut;
      rows = Math.min(toChannel, (group + 1) * groupOut) - o;
      for (int k = 0; k < patch; k += Block.LANES) {
        int lanes = Math.min(Block.LANES, patch - k);
        block.clear(rows, lanes);
        for (int pixel = fromPixel; pixel < toPixel; pixel += Block.DEPTH) {
          int depth = Math.min(Block.DEPTH, toPixel - pixel);
          for (int d = 0; d < depth; d++) {
            int from = dyo + (pixel + d) * channels + o;
            for (int r = 0; r < rows; r++) {
              block.factors[Block.factors(r) + d] = dy[from + r];
            }
            int first = xo + group * groupIn;
            patch(x, first, g.inChannels(), pixel + d, k, lanes, block.columns[d], 0);
          }
          block.multiply(rows, depth, lanes);
        }
        for (int lane = 0; lane < lanes; lane++) {
          int to = dwo + (k + lane) * channels + o;
          for (int r = 0; r < rows; r++) {
            dw[to + r] += block.sums[r][lane];
          }
        }
      }
    }
  }

  /**
   * Copies the values [k, k + n) of an output pixel's patch; zeros outside of the image.
   *
   * @param xo where the group's first channel of the first pixel is
   * @param pitch floats from a pixel to the next one
   */
  private void patch(float[] x, int xo, int pitch, int pixel, int k, int n, float[] to, int at) {
    int solid = solidTaps * groupIn;
    int run;
    for (int done = 0; done < n; done += run) {
      int tap = (k + done) / solid * solidTaps;
      int begin = (k + done) % solid;
      run = Math.min(n - done, solid - begin);
      int inX = inX(pixel, tap);
      int inY = inY(pixel, tap);
      int inside = Math.clamp(-(long) inX * groupIn, begin, begin + run);
      int outside = Math.clamp(rowEnd(inY, inX), inside, begin + run);
      int start = at + done - begin;
      int sample = pixel / g.outPixels();
      int from = xo + ((sample * g.inHeight() + inY) * g.inWidth() + inX) * pitch;
      Arrays.fill(to, start + begin, start + inside, 0);
      if (outside > inside) {
        System.arraycopy(x, from + inside, to, start + inside, outside - inside);
      }
      Arrays.fill(to, start + outside, start + begin + run, 0);
    }
  }

  /** Adds to the values [k, k + n) of an output pixel's patch, where they are inside the image. */
  private void addToPatch(float[] from, int pixel, int k, int n, float[] x, int xo) {
    int solid = solidTaps * groupIn;
    int run;
    for (int done = 0; done < n; done += run) {
      int tap = (k + done) / solid * solidTaps;
      int begin = (k + done) % solid;
      run = Math.min(n - done, solid - begin);
      int inX = inX(pixel, tap);
      int inY = inY(pixel, tap);
      int inside = Math.clamp(-(long) inX * groupIn, begin, begin + run);
      int outside = Math.clamp(rowEnd(inY, inX), inside, begin + run);
      int start = done - begin;
      int to = xo + (inY * g.inWidth() + inX) * g.inChannels();
      for (int i = inside; i < outside; i++) {
        x[to + i] += from[start + i];
      }
    }
  }

  /** The pixel is counted through all samples. */
  private int inX(int pixel, int tap) {
    return pixel % g.outWidth() * g.strideWidth()
        - g.padLeft()
        + tap % g.kernelWidth() * g.dilationWidth();
  }

  private int inY(int pixel, int tap) {
    return pixel % g.outPixels() / g.outWidth() * g.strideHeight()
        - g.padTop()
        + tap / g.kernelWidth() * g.dilationHeight();
  }

  /**
   * Returns floats from column {@code inX} to the end of its row; 0 if the row is outside of the
   * image.
   */
  private int rowEnd(int inY, int inX) {
    return inY < 0 || inY >= g.inHeight() ? 0 : (g.inWidth() - inX) * groupIn;
  }
}
