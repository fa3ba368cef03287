package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.ConvGeometry;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.WeightGradient;

/**
 * A first layer's convolution from few channels to few channels, stride 1, with vectors of pixels
 * instead of channels: with 6 filters on a grey image, vectors of channels would waste 10 of 16
 * lanes. The input is staged in padded planes, one a channel, so that a tap is a shifted load;
 * results are gathered back into (H, W, C).
 *
 * <p>Scratch: [planes][results or gradients, one plane a filter][filters' starts].
 */
final class PlanarConvolution implements ConvolutionPass, WeightGradient {
  private static final int L = Lanes.COUNT;
  private static final int CHANNELS = 6;
  private static final int TAPS = 4;
  private static final int VECTORS = 2;

  private final ConvGeometry g;
  private final int filters;
  private final int tapCount;
  private final int[] taps;
  private final int pitch;
  private final int height;
  private final int gradientPitch;
  private final int gradientPlane;
  private final int resultsAt;
  private final int startsAt;

  /** Lane-wise sums of a weight gradient, a vector each, filled up to whole groups of vectors. */
  private final int sums;

  /** Where the j-th value of a stretch of pixels stands among its results, filter by filter. */
  private final int[] interleave;

  /** Where a row's pixels stand in (H, W, C). */
  private final int[] pixels;

  /** Where the same lane of L vectors stands. */
  private final int[] columns;

  PlanarConvolution(ConvGeometry g) {
    this.g = g;
    filters = Lanes.roundUp(g.outChannels(), CHANNELS);
    height = g.outHeight() + g.kernelHeight() - 1;
    pitch = Lanes.roundUp(g.outWidth(), VECTORS * L) + g.kernelWidth() - 1;
    tapCount = g.patchLength();
    taps = new int[Lanes.roundUp(tapCount, TAPS)];
    for (int t = 0; t < tapCount; t++) {
      int channel = t % g.inChannels();
      int column = t / g.inChannels() % g.kernelWidth();
      int row = t / g.inChannels() / g.kernelWidth();
      taps[t] = (channel * height + row) * pitch + column;
    }
    gradientPitch = Lanes.roundUp(g.outWidth(), L);
    gradientPlane = g.outHeight() * gradientPitch;
    sums = Lanes.roundUp(filters * taps.length, L);
    resultsAt = g.inChannels() * height * pitch + VECTORS * L;
    startsAt = resultsAt + Math.max(filters * VECTORS * L, filters * gradientPlane + sums * L);
    interleave = new int[g.outChannels() * VECTORS * L];
    for (int j = 0; j < interleave.length; j++) {
      interleave[j] = j % g.outChannels() * VECTORS * L + j / g.outChannels();
    }
    pixels = new int[L];
    Arrays.setAll(pixels, i -> i * g.outChannels());
    columns = new int[L];
    Arrays.setAll(columns, i -> i * L);
  }

  /** Whether a convolution is one for these kernels; narrow vectors have no gather instruction. */
  static boolean suits(ConvGeometry g) {
    return L >= 8
        && g.groups() == 1
        && g.inChannels() <= 4
        && g.outChannels() <= 2 * CHANNELS
        && g.strideHeight() == 1
        && g.strideWidth() == 1
        && g.dilationHeight() == 1
        && g.dilationWidth() == 1
        && g.outWidth() >= L;
  }

  @Override
  public int scratchLength() {
    return startsAt + filters + VECTORS * L * g.outChannels();
  }

  /** Filters innermost, as they lie, filled up to a multiple of a tile's. */
  @Override
  public int packedLength() {
    return tapCount * filters;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    Arrays.fill(packed, po, po + packedLength(), 0);
    for (int o = 0; o < g.outChannels(); o++) {
      int tile = po + o / CHANNELS * tapCount * CHANNELS + o % CHANNELS;
      for (int t = 0; t < tapCount; t++) {
        packed[tile + t * CHANNELS] = w[wo + t * g.outChannels() + o];
      }
    }
  }

  @Override
  public int parts(int samples) {
    return samples;
  }

  @Override
  public int parts() {
    return 1;
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
    int sample = first + part;
    int channels = g.outChannels();
    stagePlanes(x, xo + sample * g.inPixels() * g.inChannels(), 0, height - 1, scratch);
    Arrays.fill(scratch, startsAt, startsAt + filters, 0);
    boolean plain = isShift(epilogue);
    if (plain && epilogue.shift() != null) {
      System.arraycopy(epilogue.shift(), epilogue.shiftOffset(), scratch, startsAt, channels);
    }
    for (int row = 0; row < g.outHeight(); row++) {
      for (int column = 0; column < g.outWidth(); column += VECTORS * L) {
        for (int o = 0; o < filters; o += CHANNELS) {
          Tiles.planar6x2(
              tapCount,
              taps,
              scratch,
              row * pitch + column,
              packed,
              po + o * tapCount,
              scratch,
              startsAt + o,
              scratch,
              resultsAt + o * VECTORS * L);
        }
        int pixels = Math.min(VECTORS * L, g.outWidth() - column);
        int to = yo + ((sample * g.outHeight() + row) * g.outWidth() + column) * channels;
        if (plain) {
          gather(scratch, y, to, pixels * channels);
        } else {
          int gathered = startsAt + filters;
          gather(scratch, scratch, gathered, pixels * channels);
          for (int p = 0; p < pixels; p++) {
            epilogue.apply(scratch, gathered + p * channels, 0, channels, y, yo, to + p * channels);
          }
        }
      }
    }
  }

  /** Whether there is no more to an epilogue than a bias, which sums can begin with. */
  private static boolean isShift(Epilogue e) {
    return e.scale() == null && e.residual() == null && !e.isBounded();
  }

  /** Copies the padded rows [firstRow, lastRow] of every channel to its plane. */
  private void stagePlanes(float[] x, int xo, int firstRow, int lastRow, float[] scratch) {
    int channels = g.inChannels();
    int columns = Math.min(g.inWidth(), pitch - g.padLeft());
    for (int c = 0; c < channels; c++) {
      for (int row = firstRow; row <= lastRow; row++) {
        int to = (c * height + row) * pitch;
        Arrays.fill(scratch, to, to + pitch, 0);
        int inRow = row - g.padTop();
        if (inRow >= 0 && inRow < g.inHeight()) {
          int from = xo + inRow * g.inWidth() * channels + c;
          if (channels == 1) {
            System.arraycopy(x, from, scratch, to + g.padLeft(), columns);
          } else {
            for (int i = 0; i < columns; i++) {
              scratch[to + g.padLeft() + i] = x[from + i * channels];
            }
          }
        }
      }
    }
  }

  /** Writes n results, pixel by pixel. */
  private void gather(float[] scratch, float[] y, int yo, int n) {
    int j = 0;
    for (; j + L <= n; j += L) {
      FloatVector.fromArray(Lanes.S, scratch, resultsAt, interleave, j).intoArray(y, yo + j);
    }
    for (; j < n; j++) {
      y[yo + j] = scratch[resultsAt + interleave[j]];
    }
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
      addSample(
          x,
          xo + n * g.inPixels() * g.inChannels(),
          dy,
          dyo + n * g.outPixels() * g.outChannels(),
          dw,
          dwo,
          scratch);
    }
  }

  private void addSample(
      float[] x, int xo, float[] dy, int dyo, float[] dw, int dwo, float[] scratch) {
    stagePlanes(x, xo, 0, height - 1, scratch);
    stageGradient(dy, dyo, scratch);
    int at = resultsAt + filters * gradientPlane;
    for (int o = 0; o < filters; o += CHANNELS) {
      for (int t = 0; t < taps.length; t += TAPS) {
        Tiles.planarOuter6x4(
            g.outHeight(),
            gradientPitch / L,
            scratch,
            resultsAt + o * gradientPlane,
            gradientPlane,
            gradientPitch,
            scratch,
            taps,
            t,
            0,
            pitch,
            scratch,
            at + (o * taps.length + t * CHANNELS) * L);
      }
    }
    sumLanes(scratch, at);
    for (int o = 0; o < g.outChannels(); o++) {
      int tile = at + o / CHANNELS * CHANNELS * taps.length + o % CHANNELS * TAPS;
      for (int t = 0; t < tapCount; t++) {
        dw[dwo + t * g.outChannels() + o] += scratch[tile + t / TAPS * CHANNELS * TAPS + t % TAPS];
      }
    }
  }

  /**
   * Turns each vector from {@code at} on into the sum of its lanes, the first sum at {@code at}.
   * Lanes are added in order, L sums side by side: reduceLanes' order depends on who compiled it.
   */
  private void sumLanes(float[] scratch, int at) {
    for (int first = 0; first < sums; first += L) {
      var sum = FloatVector.zero(Lanes.S);
      for (int lane = 0; lane < L; lane++) {
        sum = sum.add(FloatVector.fromArray(Lanes.S, scratch, at + first * L + lane, columns, 0));
      }
      sum.intoArray(scratch, at + first);
    }
  }

  /** Copies dy to one plane a filter, rows filled up with zeros. */
  private void stageGradient(float[] dy, int dyo, float[] scratch) {
    int channels = g.outChannels();
    for (int o = 0; o < filters; o++) {
      int plane = resultsAt + o * gradientPlane;
      if (o >= channels) {
        Arrays.fill(scratch, plane, plane + gradientPlane, 0);
        continue;
      }
      for (int row = 0; row < g.outHeight(); row++) {
        int to = plane + row * gradientPitch;
        int from = dyo + row * g.outWidth() * channels + o;
        int i = 0;
        for (; i + L <= g.outWidth(); i += L) {
          FloatVector.fromArray(Lanes.S, dy, from + i * channels, pixels, 0)
              .intoArray(scratch, to + i);
        }
        for (; i < gradientPitch; i++) {
          scratch[to + i] = i < g.outWidth() ? dy[from + i * channels] : 0;
        }
      }
    }
  }
}
