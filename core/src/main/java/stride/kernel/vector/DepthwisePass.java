package stride.kernel.vector;

import java.util.Arrays;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;

/**
 * A {@link Sweep} of each channel by itself, with vectors of channels. A part of the work is a band
 * of rows and some blocks of 16 channels of one sample.
 */
final class DepthwisePass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;
  private static final int TILE = 8;

  /** Where in the scratch a tile's sums are: behind the epilogue's scale and shift. */
  private static final int SUMS = 2 * BLOCK;

  /** Floats that a band of one block of channels may take when staged. */
  private static final int STAGED = 24 * 1024;

  private static final int PARTS = 16;
  private static final long SMALLEST_PART = 100_000;

  private final Sweep sweep;
  private final int channels;
  private final int rows;
  private final int rowBands;
  private final int blocks;
  private final int splits;
  private final PhaseStaging staging;
  private final int[] weightRows;

  private final int[] offsets;

  /**
   * @param sweep of one group, which has all the channels
   */
  DepthwisePass(Sweep sweep) {
    this.sweep = sweep;
    channels = sweep.depth();
    int taps = sweep.taps().size();
    long work = (long) sweep.height() * sweep.columns() * channels * taps;
    int parts = (int) Math.clamp(work / SMALLEST_PART, 1, PARTS);
    int room = STAGED / (sweep.columnStep() * sweep.rowStep() * sweep.columns() * BLOCK);
    rowBands =
        Math.clamp(
            Math.max(Math.ceilDiv(sweep.height(), Math.max(room, 1)), parts),
            1,
            Math.max(sweep.height() / 4, 1));
    rows = Math.ceilDiv(sweep.height(), rowBands);
    staging = new PhaseStaging(sweep, rows);
    blocks = Math.ceilDiv(channels, BLOCK);
    splits = Math.clamp(parts / rowBands, 1, blocks);
    offsets = staging.offsets();
    weightRows = new int[taps];
    Arrays.setAll(weightRows, t -> sweep.taps().get(t).number() * channels);
  }

  /** The same pass as one group of all the channels, as staging wants it. */
  static Sweep ungrouped(Sweep s) {
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
        s.weights());
  }

  @Override
  public int scratchLength() {
    return SUMS + TILE * L + staging.length();
  }

  @Override
  public int packedLength() {
    return blocks * offsets.length * BLOCK;
  }

  /** Taps of 16 channels side by side: [block][tap][16]. */
  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    int to = po;
    for (int c = 0; c < channels; c += BLOCK) {
      int n = Math.min(BLOCK, channels - c);
      for (int row : weightRows) {
        System.arraycopy(w, wo + row + c, packed, to, n);
        Arrays.fill(packed, to + n, to + BLOCK, 0);
        to += BLOCK;
      }
    }
  }

  @Override
  public int parts(int samples) {
    return samples * rowBands * splits;
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
    int sample = first + part / (rowBands * splits);
    int row = part / splits % rowBands * rows;
    int n = Math.min(rows, sweep.height() - row);
    int source = xo + sample * sweep.sourceFloats();
    var place = sweep.target();
    int pixel = (place.row() + row * place.rowStep()) * place.width() + place.column();
    int target = yo + sample * sweep.targetFloats() + pixel * channels;
    int staged = SUMS + TILE * L;
    int end = (part % splits + 1) * blocks / splits;
    for (int block = part % splits * blocks / splits; block < end && n > 0; block++) {
      int left = channels - block * BLOCK;
      staging.stage(x, source + block * BLOCK, left, row, n, scratch, staged);
      int w = po + block * offsets.length * BLOCK;
      for (int v = 0; v < Math.min(BLOCK, left); v += L) {
        int channel = block * BLOCK + v;
        stageEpilogue(epilogue, channel, scratch);
        for (int r = 0; r < n; r++) {
          row(
              staged + r * staging.rowStep() + v,
              packed,
              w + v,
              scratch,
              epilogue,
              channel,
              y,
              yo,
              target + r * place.rowStep() * place.width() * channels + channel);
        }
      }
    }
  }

  /** Computes a row of outputs, a vector of channels from {@code channel} on. */
  private void row(
      int from,
      float[] packed,
      int w,
      float[] scratch,
      Epilogue e,
      int channel,
      float[] y,
      int yo,
      int to) {
    int columns = sweep.columns();
    int step = sweep.target().columnStep() * channels;
    int lanes = channels - channel;
    int taps = offsets.length;
    if (e.residual() != null || columns < TILE) {
      for (int p = 0; p < columns; p += TILE) {
        int n = Math.min(TILE, columns - p);
        Tiles.depthwise8(taps, offsets, scratch, from + p * BLOCK, packed, w, scratch, SUMS);
        Store.store(scratch, SUMS, 1, n, lanes, e, channel, y, yo, to, p, columns, step, 0);
      }
      return;
    }
    // The last pixels together with some that are computed once more.
    int last = columns - TILE;
    for (int p = 0; p < columns; p = p < last ? Math.min(p + TILE, last) : columns) {
      Tiles.depthwiseRow8(
          taps,
          offsets,
          scratch,
          from + p * BLOCK,
          packed,
          w,
          scratch,
          0,
          e.floor(),
          e.ceiling(),
          y,
          to + p * step,
          step,
          lanes);
    }
  }

  /** Copies the scale and the shift of a vector of channels to the scratch's begin. */
  private void stageEpilogue(Epilogue e, int channel, float[] scratch) {
    int n = Math.min(L, channels - channel);
    if (e.scale() == null) {
      Arrays.fill(scratch, 0, n, 1);
    } else {
      System.arraycopy(e.scale(), e.scaleOffset() + channel, scratch, 0, n);
    }
    if (e.shift() == null) {
      Arrays.fill(scratch, BLOCK, BLOCK + n, 0);
    } else {
      System.arraycopy(e.shift(), e.shiftOffset() + channel, scratch, BLOCK, n);
    }
  }
}
