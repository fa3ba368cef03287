package stride.kernel.scalar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;

/**
 * Convolution of any geometry as a matrix product over patches (im2col), a block at a time.
 *
 * <p>C2 (as of JDK 25) vectorises a loop only when it can tell at compile time that its loads and
 * stores do not overlap: {@code y[yo + i] += a * w[wo + i]} stays scalar, because y and w might be
 * one array and the offsets anything. So blocks of all operands are staged into one scratch array,
 * at constant distances from each other, and one small loop, {@link #multiplyAdd}, does all the
 * arithmetic; measured, that is 8 times faster. Its lanes are pixels, or a patch's values for the
 * weight gradient.
 */
public final class ScalarConvolution implements Convolution {
  /** Output channels to a panel. */
  private static final int PANEL = 16;

  /** Products that one run of the loop adds to each lane; what is summed is padded to it. */
  private static final int STEP = 4;

  /** Floats from one column of the scratch to the next: the most lanes of a block. */
  private static final int LANES = 256;

  /** Columns of a block. */
  private static final int DEPTH = 64;

  /** Rows of sums of a block. */
  private static final int ROWS = 128;

  /*
   * The scratch: a chain of DEPTH / STEP links, a row of sums and STEP columns each, and the sums'
   * last row; then the block's sums; then a block of factors.
   */
  private static final int LINK = (STEP + 1) * LANES;
  private static final int SUMS = DEPTH / STEP * LINK + LANES;
  private static final int FACTORS = SUMS + ROWS * LANES;
  private static final int SCRATCH = FACTORS + ROWS * DEPTH;

  private final ConvGeometry g;
  private final int patch;
  private final int paddedPatch;
  private final int groupIn;
  private final int groupOut;
  private final int paddedGroupOut;

  public ScalarConvolution(ConvGeometry geometry) {
    g = geometry;
    patch = g.patchLength();
    paddedPatch = padded(patch);
    groupIn = g.groupInChannels();
    groupOut = g.groupOutChannels();
    paddedGroupOut = padded(groupOut);
  }

  private static int padded(int length) {
    return (length + STEP - 1) / STEP * STEP;
  }

  @Override
  public ConvGeometry geometry() {
    return g;
  }

  @Override
  public int scratchLength() {
    return SCRATCH;
  }

  @Override
  public int packedLength() {
    return g.outChannels() * paddedPatch;
  }

  /** Packs each output channel's filter contiguously, with zeros behind it. */
  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    int channels = g.outChannels();
    for (int o = 0; o < channels; o++) {
      int row = po + o * paddedPatch;
      for (int k = 0; k < patch; k++) {
        packed[row + k] = w[wo + k * channels + o];
      }
      Arrays.fill(packed, row + patch, row + paddedPatch, 0);
    }
  }

  @Override
  public int packedGradientLength() {
    return g.groups() * patch * paddedGroupOut;
  }

  /** Packs, for each group and place in the patch, the group's output channels and zeros. */
  @Override
  public void packGradient(float[] w, int wo, float[] packed, int po) {
    for (int group = 0; group < g.groups(); group++) {
      for (int k = 0; k < patch; k++) {
        int row = po + (group * patch + k) * paddedGroupOut;
        System.arraycopy(w, wo + k * g.outChannels() + group * groupOut, packed, row, groupOut);
        Arrays.fill(packed, row + groupOut, row + paddedGroupOut, 0);
      }
    }
  }

  @Override
  public int panels() {
    return (g.outChannels() + PANEL - 1) / PANEL;
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
    int channels = g.outChannels();
    int toChannel = Math.min(toPanel * PANEL, channels);
    int rows;
    for (int o = fromPanel * PANEL; o < toChannel; o += rows) {
      int group = o / groupOut;
      rows = Math.min(ROWS, Math.min(toChannel, (group + 1) * groupOut) - o);
      for (int pixel = fromPixel; pixel < toPixel; pixel += LANES) {
        int lanes = Math.min(LANES, toPixel - pixel);
        for (int r = 0; r < rows; r++) {
          int sums = SUMS + r * LANES;
          Arrays.fill(scratch, sums, sums + lanes, bias == null ? 0 : bias[bo + o + r]);
        }
        for (int k = 0; k < paddedPatch; k += DEPTH) {
          int depth = Math.min(DEPTH, paddedPatch - k);
          for (int d = 0; d < depth; d++) {
            if (k + d < patch) {
              gather(x, xo + group * groupIn, k + d, pixel, lanes, scratch, column(d));
            } else {
              Arrays.fill(scratch, column(d), column(d) + lanes, 0);
            }
          }
          multiplyBlock(scratch, lanes, depth, rows, packed, po + o * paddedPatch + k, paddedPatch);
        }
        for (int p = 0; p < lanes; p++) {
          int to = yo + (pixel + p) * channels + o;
          for (int r = 0; r < rows; r++) {
            y[to + r] = scratch[SUMS + r * LANES + p];
          }
        }
      }
    }
  }

  /**
   * Multiplies the output gradient with each place of the patch, and adds it where it came from.
   */
  @Override
  public void inputGradient(
      float[] dy, int dyo, float[] packed, int po, float[] dx, int dxo, float[] scratch) {
    int channels = g.outChannels();
    Arrays.fill(dx, dxo, dxo + g.inPixels() * g.inChannels(), 0);
    for (int group = 0; group < g.groups(); group++) {
      int from = dyo + group * groupOut;
      for (int pixel = 0; pixel < g.outPixels(); pixel += LANES) {
        int lanes = Math.min(LANES, g.outPixels() - pixel);
        for (int k = 0; k < patch; k += ROWS) {
          int rows = Math.min(ROWS, patch - k);
          Arrays.fill(scratch, SUMS, SUMS + rows * LANES, 0);
          for (int o = 0; o < paddedGroupOut; o += DEPTH) {
            int depth = Math.min(DEPTH, paddedGroupOut - o);
            for (int d = 0; d < depth; d++) {
              int to = column(d);
              if (o + d < groupOut) {
                strided(dy, from + pixel * channels + o + d, channels, lanes, scratch, to);
              } else {
                Arrays.fill(scratch, to, to + lanes, 0);
              }
            }
            int factors = po + (group * patch + k) * paddedGroupOut + o;
            multiplyBlock(scratch, lanes, depth, rows, packed, factors, paddedGroupOut);
          }
          for (int r = 0; r < rows; r++) {
            scatter(scratch, SUMS + r * LANES, k + r, pixel, lanes, dx, dxo + group * groupIn);
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
    int channels = g.outChannels();
    int toChannel = Math.min(toPanel * PANEL, channels);
    int rows;
    for (int o = fromPanel * PANEL; o < toChannel; o += rows) {
      int group = o / groupOut;
      rows = Math.min(ROWS, Math.min(toChannel, (group + 1) * groupOut) - o);
      for (int k = 0; k < patch; k += LANES) {
        int lanes = Math.min(LANES, patch - k);
        Arrays.fill(scratch, SUMS, SUMS + rows * LANES, 0);
        for (int pixel = 0; pixel < g.outPixels(); pixel += DEPTH) {
          int pixels = Math.min(DEPTH, g.outPixels() - pixel);
          int depth = padded(pixels);
          for (int d = 0; d < pixels; d++) {
            patch(x, xo + group * groupIn, pixel + d, k, lanes, scratch, column(d));
          }
          for (int d = pixels; d < depth; d++) {
            Arrays.fill(scratch, column(d), column(d) + lanes, 0);
          }
          for (int r = 0; r < rows; r++) {
            int factors = FACTORS + r * DEPTH;
            strided(dy, dyo + pixel * channels + o + r, channels, pixels, scratch, factors);
            Arrays.fill(scratch, factors + pixels, factors + depth, 0);
          }
          multiplyBlock(scratch, lanes, depth, rows, scratch, FACTORS, DEPTH);
        }
        for (int lane = 0; lane < lanes; lane++) {
          int to = dwo + (k + lane) * channels + o;
          for (int r = 0; r < rows; r++) {
            dw[to + r] += scratch[SUMS + r * LANES + lane];
          }
        }
      }
    }
  }

  /** Where column {@code d} of the block stands in the chain. */
  private static int column(int d) {
    return d / STEP * LINK + (1 + d % STEP) * LANES;
  }

  /**
   * Adds to each row of sums the columns, times the row's factors: {@code sums[r] += the sum over d
   * of factors[r * stride + d] * column[d]}, d in order, so that a value's bits depend on nothing
   * but its own operands.
   */
  private static void multiplyBlock(
      float[] s, int lanes, int depth, int rows, float[] factors, int fo, int stride) {
    for (int r = 0; r < rows; r++) {
      int f = fo + r * stride;
      int sums = SUMS + r * LANES;
      int link = 0;
      System.arraycopy(s, sums, s, link, lanes);
      for (int d = 0; d < depth; d += STEP) {
        multiplyAdd(
            s,
            link,
            lanes,
            factors[f + d],
            factors[f + d + 1],
            factors[f + d + 2],
            factors[f + d + 3]);
        link += LINK;
      }
      System.arraycopy(s, link, s, sums, lanes);
    }
  }

  /** The sums of the next link = the sums of this one + a link's columns, times their factors. */
  private static void multiplyAdd(
      float[] s, int link, int lanes, float f0, float f1, float f2, float f3) {
    for (int i = link; i < link + lanes; i++) {
      s[i + LINK] =
          s[i]
              + f0 * s[i + LANES]
              + f1 * s[i + 2 * LANES]
              + f2 * s[i + 3 * LANES]
              + f3 * s[i + 4 * LANES];
    }
  }

  private static void strided(float[] from, int fo, int stride, int n, float[] to, int at) {
    for (int i = 0; i < n; i++) {
      to[at + i] = from[fo + i * stride];
    }
  }

  /**
   * Copies what the output pixels [pixel, pixel + lanes) read at place {@code k} of their patches;
   * zeros outside of the image.
   *
   * @param xo where the group's first channel of the first pixel is
   */
  private void gather(float[] x, int xo, int k, int pixel, int lanes, float[] s, int so) {
    int channels = g.inChannels();
    int left = k / groupIn % g.kernelWidth() * g.dilationWidth() - g.padLeft();
    int step = g.strideWidth() * channels;
    for (int done = 0; done < lanes; ) {
      int fromX = (pixel + done) % g.outWidth();
      int width = Math.min(lanes - done, g.outWidth() - fromX);
      int inY = inY(k, (pixel + done) / g.outWidth());
      int inside = inY < 0 ? 0 : firstInside(left, fromX, width);
      int outside = inY < 0 ? 0 : Math.max(inside, firstOutside(left, fromX, width));
      int at = so + done;
      Arrays.fill(s, at, at + inside, 0);
      if (outside > inside) {
        int inX = (fromX + inside) * g.strideWidth() + left;
        int from = xo + (inY * g.inWidth() + inX) * channels + k % groupIn;
        strided(x, from, step, outside - inside, s, at + inside);
      }
      Arrays.fill(s, at + outside, at + width, 0);
      done += width;
    }
  }

  /** The reverse of {@link #gather}: adds each lane to the input value that it reads. */
  private void scatter(float[] s, int so, int k, int pixel, int lanes, float[] dx, int dxo) {
    int channels = g.inChannels();
    int left = k / groupIn % g.kernelWidth() * g.dilationWidth() - g.padLeft();
    int step = g.strideWidth() * channels;
    for (int done = 0; done < lanes; ) {
      int fromX = (pixel + done) % g.outWidth();
      int width = Math.min(lanes - done, g.outWidth() - fromX);
      int inY = inY(k, (pixel + done) / g.outWidth());
      if (inY >= 0) {
        int inside = firstInside(left, fromX, width);
        int outside = firstOutside(left, fromX, width);
        int inX = (fromX + inside) * g.strideWidth() + left;
        int to = dxo + (inY * g.inWidth() + inX) * channels + k % groupIn;
        for (int i = 0; i < outside - inside; i++) {
          dx[to + i * step] += s[so + done + inside + i];
        }
      }
      done += width;
    }
  }

  /** The input row that place {@code k} of the patches of an output row reads, -1 if outside. */
  private int inY(int k, int outY) {
    int i = k / groupIn / g.kernelWidth();
    int inY = outY * g.strideHeight() - g.padTop() + i * g.dilationHeight();
    return inY < g.inHeight() ? Math.max(inY, -1) : -1;
  }

  /** How many of {@code width} output columns from {@code fromX} read left of the image. */
  private int firstInside(int left, int fromX, int width) {
    int first = Math.ceilDiv(-left, g.strideWidth()) - fromX;
    return Math.clamp(first, 0, width);
  }

  /** How many of {@code width} output columns from {@code fromX} read left of the image's end. */
  private int firstOutside(int left, int fromX, int width) {
    int first = Math.ceilDiv(g.inWidth() - left, g.strideWidth()) - fromX;
    return Math.clamp(first, 0, width);
  }

  /** Copies the values [k, k + lanes) of one output pixel's patch; zeros outside of the image. */
  private void patch(float[] x, int xo, int pixel, int k, int lanes, float[] s, int so) {
    int top = pixel / g.outWidth() * g.strideHeight() - g.padTop();
    int left = pixel % g.outWidth() * g.strideWidth() - g.padLeft();
    for (int done = 0; done < lanes; ) {
      int tap = (k + done) / groupIn;
      int channel = (k + done) % groupIn;
      int run = Math.min(lanes - done, groupIn - channel);
      int inY = top + tap / g.kernelWidth() * g.dilationHeight();
      int inX = left + tap % g.kernelWidth() * g.dilationWidth();
      int at = so + done;
      if (inY >= 0 && inY < g.inHeight() && inX >= 0 && inX < g.inWidth()) {
        int from = xo + (inY * g.inWidth() + inX) * g.inChannels() + channel;
        System.arraycopy(x, from, s, at, run);
      } else {
        Arrays.fill(s, at, at + run, 0);
      }
      done += run;
    }
  }
}
