package stride.kernel.vector.depthwise;

import stride.kernel.WeightGradient;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;

/**
 * The weight gradient of a depthwise convolution: for every tap and channel, the sum over pixels of
 * input times output gradient. A part is some channels; their rows of pixels are read where they
 * lie, and the sums over a row are added to the gradient.
 */
public final class DepthwiseWeightGradient implements WeightGradient {
  private static final int L = Lanes.COUNT;

  /** Channels of a part: enough for rows to be read nearly in the order of addresses. */
  private static final int PART = 8 * L;

  private final Sweep sweep;
  private final int channels;

  /** Columns of the filter, and source columns from one to the next. */
  private final int columns;

  private final int tapColumns;

  /**
   * Makes the weight gradient.
   *
   * @param sweep a forward sweep of one group, which has all the channels
   */
  public DepthwiseWeightGradient(Sweep sweep) {
    this.sweep = sweep;
    channels = sweep.depth();
    var taps = sweep.taps();
    int top = taps.getFirst().row();
    columns = (int) taps.stream().filter(tap -> tap.row() == top).count();
    tapColumns = columns == 1 ? 1 : taps.get(1).column() - taps.get(0).column();
  }

  @Override
  public int scratchLength() {
    return 0;
  }

  @Override
  public int parts() {
    return Math.ceilDiv(channels, PART);
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
    int end = Math.min((part + 1) * PART, channels);
    for (int sample = first; sample < first + samples; sample++) {
      int source = xo + sample * sweep.sourceFloats();
      for (int row = 0; row < sweep.height(); row++) {
        int g = dyo + (sample * sweep.height() + row) * sweep.columns() * channels;
        for (int c = part * PART; c < end; c += 2 * L) {
          for (int t = 0; t < sweep.taps().size(); t += columns) {
            int sourceRow = row * sweep.rowStep() + sweep.taps().get(t).row();
            if (sourceRow >= 0 && sourceRow < sweep.sourceHeight()) {
              int from = source + sourceRow * sweep.sourceWidth() * sweep.sourcePitch() + c;
              row(t, end - c, x, from, dy, g + c, dw, dwo + c);
            }
          }
        }
      }
    }
  }

  /** Adds a row of pixels' part to the gradients of a row of taps. */
  private void row(
      int t, int lanes, float[] x, int from, float[] dy, int g, float[] dw, int dwo) {
    int end = t + columns;
    while (t < end) {
      var tap = sweep.taps().get(t);
      int n = end - t >= 5 ? 5 : end - t >= 3 ? 3 : 1;
      int to = dwo + tap.number() * channels;
      if (lanes >= 2 * L) {
        two(n, tap.column(), x, from, dy, g, dw, to);
      } else {
        if (lanes >= L) {
          one(n, tap.column(), x, from, dy, g, dw, to);
        }
        int rest = lanes % L;
        if (rest > 0) {
          int done = lanes - rest;
          masked(n, tap.column(), rest, x, from + done, dy, g + done, dw, to + done);
        }
      }
      t += n;
    }
  }

  private void two(int taps, int first, float[] x, int xo, float[] dy, int go, float[] dw, int wo) {
    int pixels = sweep.columns();
    int step = sweep.columnStep();
    int width = sweep.sourceWidth();
    int pitch = sweep.sourcePitch();
    switch (taps) {
      case 5 -> Tiles.depthwiseOuter5x2(pixels, first, step, tapColumns, width, x, xo, pitch, dy, go, channels, dw, wo, channels);
      case 3 -> Tiles.depthwiseOuter3x2(pixels, first, step, tapColumns, width, x, xo, pitch, dy, go, channels, dw, wo, channels);
      default -> Tiles.depthwiseOuter1x2(pixels, first, step, tapColumns, width, x, xo, pitch, dy, go, channels, dw, wo, channels);
    }
  }

  private void one(int taps, int first, float[] x, int xo, float[] dy, int go, float[] dw, int wo) {
    int pixels = sweep.columns();
    int step = sweep.columnStep();
    int width = sweep.sourceWidth();
    int pitch = sweep.sourcePitch();
    switch (taps) {
      case 5 -> Tiles.depthwiseOuter5x1(pixels, first, step, tapColumns, width, x, xo, pitch, dy, go, channels, dw, wo, channels);
      case 3 -> Tiles.depthwiseOuter3x1(pixels, first, step, tapColumns, width, x, xo, pitch, dy, go, channels, dw, wo, channels);
      default -> Tiles.depthwiseOuter1x1(pixels, first, step, tapColumns, width, x, xo, pitch, dy, go, channels, dw, wo, channels);
    }
  }

  private void masked(int taps, int first, int lanes, float[] x, int xo, float[] dy, int go, float[] dw, int wo) {
    int pixels = sweep.columns();
    int step = sweep.columnStep();
    int width = sweep.sourceWidth();
    int pitch = sweep.sourcePitch();
    switch (taps) {
      case 5 -> Tiles.depthwiseOuter5xMasked(pixels, first, step, tapColumns, width, lanes, x, xo, pitch, dy, go, channels, dw, wo, channels);
      case 3 -> Tiles.depthwiseOuter3xMasked(pixels, first, step, tapColumns, width, lanes, x, xo, pitch, dy, go, channels, dw, wo, channels);
      default -> Tiles.depthwiseOuter1xMasked(pixels, first, step, tapColumns, width, lanes, x, xo, pitch, dy, go, channels, dw, wo, channels);
    }
  }
}
