package stride.kernel.vector.depthwise;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.kernel.ConvolutionPass;
import stride.kernel.Elementwise;
import stride.kernel.Epilogue;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;

/**
 * A {@link Sweep} of each channel separately, with vectors of channels, read without a copy. Taps
 * outside of the source are left out: a row of outputs falls into {@linkplain RowSegment segments}
 * of pixels with the same taps.
 *
 * <p>A part of the work is a band of rows of one sample or, of low images, some of its channels.
 * Within a row a few pixels at a time are computed for all channels, so that memory is read in the
 * order of addresses and the first-level cache holds the values that neighbouring pixels share.
 */
public final class DepthwisePass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;
  private static final int TILE = 4;

  /** Channels that are computed together. */
  private static final int UNIT = 2 * L;

  /** Parts of an image, at most; a power of two, which any usual number of threads can share. */
  private static final int PARTS = 16;

  private static final long SMALLEST_PART = 50_000;

  private final Sweep sweep;
  private final int channels;

  /** Whole units of channels; the remaining channels belong to the last one. */
  private final int units;

  /** Floats to a tap's weights. */
  private final int padded;

  private final RowSegment[][] segments;
  private final @Nullable SlidingFilter sliding;
  private final int bands;
  private final int splits;

  /**
   * Makes a pass.
   *
   * @param sweep a sweep of one group, which has all the channels
   */
  public DepthwisePass(Sweep sweep) {
    this.sweep = sweep;
    channels = sweep.depth();
    units = Math.max(channels / UNIT, 1);
    padded = Lanes.roundUp(channels, UNIT);
    sliding = SlidingFilter.of(sweep);
    segments = RowSegment.of(sweep, sliding == null ? padded : UNIT);
    long work = (long) sweep.height() * sweep.columns() * channels * sweep.taps().size();
    int parts = Integer.highestOneBit(Math.clamp(work / SMALLEST_PART, 1, PARTS));
    bands = sweep.height() >= PARTS / 2 ? Math.min(parts, sweep.height()) : 1;
    splits = Math.min(parts / bands, units);
  }

  /** {@return the sweep with all the channels in one group} */
  public static Sweep ungrouped(Sweep s) {
    return new Sweep(
        s.sourceHeight(),
        s.sourceWidth(),
        1,
        s.groups(),
        s.groups(),
        s.height(),
        s.columns(),
        s.rowStep(),
        s.columnStep(),
        s.taps(),
        s.target(),
        s.weights(),
        s.sourcePitch(),
        s.targetPitch());
  }

  /** The epilogue's scale and its shift, a value a channel. */
  @Override
  public String name() {
    return "depthwise";
  }

  @Override
  public int scratchLength() {
    return Lanes.ALIGNED + 2 * padded;
  }

  @Override
  public int packedLength() {
    // The last tap of a block's last channels is read in two whole vectors.
    return sweep.taps().size() * padded + (sliding == null ? 0 : UNIT);
  }

  /**
   * The taps in their order, each filled up to whole vectors: [tap][channel], or for a sliding
   * filter in blocks of two vectors, [unit][tap][channel].
   */
  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    if (sliding != null) {
      sliding.pack(w, wo, channels, packed, po);
      return;
    }
    int to = po;
    // By index: weights are packed in every training step, and an iterator is an object.
    for (int t = 0; t < sweep.taps().size(); t++) {
      int from = wo + sweep.taps().get(t).number() * channels;
      System.arraycopy(w, from, packed, to, channels);
      Arrays.fill(packed, to + channels, to + padded, 0);
      to += padded;
    }
  }

  @Override
  public int parts(int samples) {
    return samples * bands * splits;
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
    int sample = first + part / (bands * splits);
    int band = part / splits % bands;
    int split = part % splits;
    int c = channel(split * units / splits);
    int n = channel((split + 1) * units / splits) - c;
    stageEpilogue(epilogue, c, n, scratch);
    int source = xo + sample * sweep.sourceFloats() + c;
    int target = yo + sample * sweep.targetFloats() + c;
    int w = po + (sliding == null ? c : c * sweep.taps().size());
    int end = (band + 1) * sweep.height() / bands;
    for (int row = band * sweep.height() / bands; row < end; row++) {
      row(x, source, packed, w, n, epilogue, y, yo, target, row, scratch);
    }
  }

  /** Returns the first channel of a unit. */
  private int channel(int unit) {
    return unit == units ? channels : unit * UNIT;
  }

  /** Computes {@code n} channels of a row of outputs. */
  private void row(
      float[] x,
      int source,
      float[] packed,
      int w,
      int n,
      Epilogue e,
      float[] y,
      int yo,
      int target,
      int row,
      float[] scratch) {
    var place = sweep.target();
    int from = source + row * sweep.rowStep() * sweep.sourceWidth() * sweep.sourcePitch();
    int to =
        target
            + ((place.row() + row * place.rowStep()) * place.width() + place.column())
                * sweep.targetPitch();
    int toStep = place.columnStep() * sweep.targetPitch();
    float[] residual = e.residual();
    int done = 0;
    if (sliding != null && sliding.reaches(row)) {
      // A residual may be in the place of the outputs, so none is computed twice, but at once.
      done = residual == null || n < UNIT ? n : n - n % UNIT;
      sliding.row(
          row,
          x,
          source,
          packed,
          w,
          done,
          scratch,
          padded,
          e.floor(),
          e.ceiling(),
          residual,
          e.residualOffset() - yo,
          y,
          to,
          toStep);
    }
    if (done < n) {
      // The rest's weights are the last ones of the last block's taps.
      int rest = done == 0 ? w : w + done * sweep.taps().size() + UNIT - (n - done);
      segments(x, from + done, packed, rest, done, n - done, e, y, yo, to + done, row, scratch);
    }
    if (e.activation() != null) {
      activate(e.activation().function(), y, to, toStep, n);
    }
  }

  /**
   * Computes {@code n} channels of a row segment by segment, in tiles of pixels.
   *
   * @param channel the place of the first one's scale and shift in the scratch
   */
  private void segments(
      float[] x,
      int from,
      float[] packed,
      int w,
      int channel,
      int n,
      Epilogue e,
      float[] y,
      int yo,
      int to,
      int row,
      float[] scratch) {
    int step = sweep.columnStep() * sweep.sourcePitch();
    int toStep = sweep.target().columnStep() * sweep.targetPitch();
    float[] residual = e.residual();
    int toResidual = e.residualOffset() - yo;
    for (var segment : segments[row]) {
      int[] taps = segment.taps();
      int p = segment.first();
      int last = segment.end() - TILE;
      if (p <= last && n >= 2 * L && residual == null) {
        // The last pixels together with some that are computed once more.
        for (; p < segment.end(); p = p < last ? Math.min(p + TILE, last) : segment.end()) {
          if (segment.inRuns()) {
            Tiles.depthwiseRuns4x2(
                taps.length / (2 * RowSegment.RUN),
                taps,
                x,
                from + p * step,
                step,
                packed,
                w,
                n,
                scratch,
                Lanes.ALIGNED + channel,
                padded,
                e.floor(),
                e.ceiling(),
                y,
                to + p * toStep,
                toStep);
          } else {
            Tiles.depthwise4x2(
                taps.length / 2,
                taps,
                x,
                from + p * step,
                step,
                packed,
                w,
                n,
                scratch,
                Lanes.ALIGNED + channel,
                padded,
                e.floor(),
                e.ceiling(),
                y,
                to + p * toStep,
                toStep);
          }
        }
      }
      for (; p < segment.end(); p++) {
        Tiles.depthwise1x2(
            taps.length / 2,
            taps,
            x,
            from + p * step,
            packed,
            w,
            n,
            scratch,
            Lanes.ALIGNED + channel,
            padded,
            e.floor(),
            e.ceiling(),
            residual,
            to + p * toStep + toResidual,
            y,
            to + p * toStep);
      }
    }
  }

  /** Applies a function to {@code n} channels of a row of outputs. */
  private void activate(Elementwise.Function function, float[] y, int to, int step, int n) {
    if (n == step) {
      function.apply(y, to, y, to, sweep.columns() * n);
      return;
    }
    for (int p = 0; p < sweep.columns(); p++) {
      function.apply(y, to + p * step, y, to + p * step, n);
    }
  }

  /** Copies the scale and the shift of {@code n} channels to the scratch. */
  private void stageEpilogue(Epilogue e, int channel, int n, float[] scratch) {
    int scale = Lanes.ALIGNED;
    int shift = scale + padded;
    if (e.scale() == null) {
      Arrays.fill(scratch, scale, scale + n, 1);
    } else {
      System.arraycopy(e.scale(), e.scaleOffset() + channel, scratch, scale, n);
    }
    if (e.shift() == null) {
      Arrays.fill(scratch, shift, shift + n, 0);
    } else {
      System.arraycopy(e.shift(), e.shiftOffset() + channel, scratch, shift, n);
    }
  }
}
