package stride.kernel.vector.depthwise;

import java.util.Arrays;
import stride.kernel.WeightGradient;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;

/**
 * The weight gradient of a depthwise convolution: for every tap and channel, the sum over pixels of
 * input times output gradient. A part is some channels; their rows of pixels are read where they
 * lie, and the sums over a row are added to the gradient.
 *
 * <p>Fewer channels than a vector has are copied to whole vectors first.
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

  /** Rows of whole vectors: of the source, of the output gradient and of the taps' sums. */
  @Override
  public int scratchLength() {
    return channels < L ? Lanes.ALIGNED + (sweep.sourceWidth() + sweep.columns() + columns) * L : 0;
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
    for (int sample = first; sample < first + samples; sample++) {
      int source = xo + sample * sweep.sourceFloats();
      for (int row = 0; row < sweep.height(); row++) {
        int g = dyo + (sample * sweep.height() + row) * sweep.columns() * channels;
        if (channels < L) {
          addFew(x, source, row, dy, g, dw, dwo, scratch);
        } else {
          add(x, source, row, dy, g, dw, dwo, part);
        }
      }
    }
  }

  /** Adds a part's channels of a row of pixels. */
  private void add(
      float[] x, int source, int row, float[] dy, int g, float[] dw, int dwo, int part) {
    int end = Math.min((part + 1) * PART, channels);
    for (int c = part * PART; c < end; c += 2 * L) {
      for (int t = 0; t < sweep.taps().size(); t += columns) {
        int sourceRow = sourceRow(row, t);
        if (sourceRow < 0 || sourceRow >= sweep.sourceHeight()) {
          continue;
        }
        int from = source + sourceRow * sweep.sourceWidth() * sweep.sourcePitch() + c;
        int pitch = sweep.sourcePitch();
        int to = dwo + sweep.taps().get(t).number() * channels + c;
        if (end - c >= 2 * L) {
          two(t, x, from, pitch, dy, g + c, dw, to);
          continue;
        }
        if (end - c >= L) {
          one(t, x, from, pitch, dy, g + c, channels, dw, to, channels, 0);
        }
        // The last channels, in a vector together with some that are in another one.
        int rest = (end - c) % L;
        if (rest > 0) {
          int back = end - L - c;
          one(
              t,
              x,
              from + back,
              pitch,
              dy,
              g + c + back,
              channels,
              dw,
              to + back,
              channels,
              L - rest);
        }
      }
    }
  }

  private int sourceRow(int row, int tap) {
    return row * sweep.rowStep() + sweep.taps().get(tap).row();
  }

  /** Adds a row of pixels of fewer channels than a vector has. */
  private void addFew(
      float[] x, int source, int row, float[] dy, int g, float[] dw, int dwo, float[] scratch) {
    int xs = Lanes.ALIGNED;
    int gs = xs + sweep.sourceWidth() * L;
    int sums = gs + sweep.columns() * L;
    widen(dy, g, channels, sweep.columns(), scratch, gs);
    for (int t = 0; t < sweep.taps().size(); t += columns) {
      int sourceRow = sourceRow(row, t);
      if (sourceRow < 0 || sourceRow >= sweep.sourceHeight()) {
        continue;
      }
      int width = sweep.sourceWidth();
      int pitch = sweep.sourcePitch();
      widen(x, source + sourceRow * width * pitch, pitch, width, scratch, xs);
      Arrays.fill(scratch, sums, sums + columns * L, 0);
      one(t, scratch, xs, L, scratch, gs, L, scratch, sums, L, 0);
      for (int i = 0; i < columns; i++) {
        int to = dwo + sweep.taps().get(t + i).number() * channels;
        for (int c = 0; c < channels; c++) {
          dw[to + c] += scratch[sums + i * L + c];
        }
      }
    }
  }

  /** Copies the channels of some pixels to whole vectors, with zeros after them. */
  private void widen(float[] x, int from, int step, int pixels, float[] to, int at) {
    Arrays.fill(to, at, at + pixels * L, 0);
    for (int p = 0; p < pixels; p++) {
      System.arraycopy(x, from + p * step, to, at + p * L, channels);
    }
  }

  /** Adds a row of pixels' part to the gradients of the row of taps from t on. */
  private void two(int t, float[] x, int xo, int pitch, float[] dy, int go, float[] dw, int wo) {
    int pixels = sweep.columns();
    int step = sweep.columnStep();
    int width = sweep.sourceWidth();
    for (int i = 0; i < columns; ) {
      int first = sweep.taps().get(t + i).column();
      int to = wo + i * channels;
      int n = taps(i);
      switch (n) {
        case 5 ->
            Tiles.depthwiseOuter5x2(
                pixels,
                first,
                step,
                tapColumns,
                width,
                x,
                xo,
                pitch,
                dy,
                go,
                channels,
                dw,
                to,
                channels);
        case 3 ->
            Tiles.depthwiseOuter3x2(
                pixels,
                first,
                step,
                tapColumns,
                width,
                x,
                xo,
                pitch,
                dy,
                go,
                channels,
                dw,
                to,
                channels);
        default ->
            Tiles.depthwiseOuter1x2(
                pixels,
                first,
                step,
                tapColumns,
                width,
                x,
                xo,
                pitch,
                dy,
                go,
                channels,
                dw,
                to,
                channels);
      }
      i += n;
    }
  }

  /** The same of one vector, whose channels from a lane on count. */
  private void one(
      int t,
      float[] x,
      int xo,
      int pitch,
      float[] dy,
      int go,
      int goStep,
      float[] dw,
      int wo,
      int tapFloats,
      int lane) {
    int pixels = sweep.columns();
    int step = sweep.columnStep();
    int width = sweep.sourceWidth();
    for (int i = 0; i < columns; ) {
      int first = sweep.taps().get(t + i).column();
      int to = wo + i * tapFloats;
      int n = taps(i);
      switch (n) {
        case 5 ->
            Tiles.depthwiseOuter5x1(
                pixels,
                first,
                step,
                tapColumns,
                width,
                x,
                xo,
                pitch,
                dy,
                go,
                goStep,
                dw,
                to,
                tapFloats,
                lane);
        case 3 ->
            Tiles.depthwiseOuter3x1(
                pixels,
                first,
                step,
                tapColumns,
                width,
                x,
                xo,
                pitch,
                dy,
                go,
                goStep,
                dw,
                to,
                tapFloats,
                lane);
        default ->
            Tiles.depthwiseOuter1x1(
                pixels,
                first,
                step,
                tapColumns,
                width,
                x,
                xo,
                pitch,
                dy,
                go,
                goStep,
                dw,
                to,
                tapFloats,
                lane);
      }
      i += n;
    }
  }

  /** How many of a row's taps from the i-th on are summed together. */
  private int taps(int i) {
    return columns - i >= 5 ? 5 : columns - i >= 3 ? 3 : 1;
  }
}
