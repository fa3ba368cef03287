package stride.kernel.vector.sample;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;
import stride.kernel.vector.Transposition;

/**
 * A {@link Sweep} of a small layer with samples in the lanes: few channels leave vectors of
 * channels mostly empty, but L samples always fill a vector. Weights are scalars then, and every
 * tap is a constant offset.
 *
 * <p>A part of the work is L samples. Their bits do not depend on each other. Rows of taps outside
 * of the image are skipped.
 *
 * <p>Scratch: [room to align][staged source][a row's results][scale, shift][a row of L samples].
 */
public final class SamplePass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;

  /** Output pixels of a tile. */
  private static final int PIXELS = 2;

  /** Floats of a staged source: a part of a second-level cache. */
  private static final int LARGEST = 1 << 16;

  private final Sweep sweep;
  private final SampleStaging staging;

  /** Filters of a tile. */
  private final int tile;

  /** Filters, filled up to whole tiles. */
  private final int filters;

  private final int depth;

  /** Each output row's first tap inside of the image, and the one after its last. */
  private final int[] fromTap;

  private final int[] toTap;

  private final int[] starts;
  private final int[] places;
  private final int[] rowStarts;
  private final int resultsAt;
  private final int effectsAt;
  private final int rowAt;

  /** Makes the pass of a sweep that {@link #suits} it. */
  public SamplePass(Sweep sweep) {
    this.sweep = sweep;
    staging = new SampleStaging(sweep, false, PIXELS - 1);
    int width = sweep.width();
    tile = L >= 16 && Lanes.roundUp(width, 8) < Lanes.roundUp(width, 6) ? 8 : 6;
    filters = Lanes.roundUp(width, tile);
    depth = staging.offsets().length;
    fromTap = new int[sweep.height()];
    toTap = new int[sweep.height()];
    for (int r = 0; r < sweep.height(); r++) {
      int row = r * sweep.rowStep();
      int above = (int) sweep.taps().stream().filter(t -> row + t.row() < 0).count();
      int inside =
          (int)
              sweep.taps().stream()
                  .filter(t -> row + t.row() >= 0 && row + t.row() < sweep.sourceHeight())
                  .count();
      fromTap[r] = above * sweep.depth();
      toTap[r] = (above + inside) * sweep.depth();
    }
    int rowLength = sweep.columns() * width;
    starts = new int[L];
    Arrays.setAll(starts, s -> s * sweep.targetFloats());
    rowStarts = new int[L];
    Arrays.setAll(rowStarts, s -> s * rowLength);
    places = new int[rowLength];
    Arrays.setAll(places, v -> (v / width * filters + v % width) * L);
    resultsAt = Lanes.ALIGNED + staging.length();
    effectsAt = resultsAt + Lanes.roundUp(sweep.columns(), PIXELS) * filters * L;
    rowAt = effectsAt + 2 * filters;
  }

  /**
   * {@return whether a sweep's images are small, its channels few, and its samples fill the lanes}
   */
  public static boolean suits(Sweep sweep, int group) {
    var target = sweep.target();
    return Transposition.suits()
        && group % L == 0
        && sweep.groups() == 1
        && Math.min(sweep.depth(), sweep.width()) < 16
        && Math.max(sweep.depth(), sweep.width()) <= 16
        && !sweep.isPointwise()
        && target.height() == sweep.height()
        && target.width() == sweep.columns()
        && new SampleStaging(sweep, false, PIXELS - 1).length() <= LARGEST;
  }

  @Override
  public String name() {
    return "samples";
  }

  @Override
  public int scratchLength() {
    return rowAt + L * places.length;
  }

  /** For every tile of filters, its weights of one tap's channel side by side. */
  @Override
  public int packedLength() {
    return depth * filters;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    var order = sweep.weights();
    Arrays.fill(packed, po, po + packedLength(), 0);
    for (int o = 0; o < sweep.width(); o++) {
      int to = po + o / tile * tile * depth + o % tile;
      int from = wo + o * order.widthStep();
      for (int t = 0; t < sweep.taps().size(); t++) {
        int tap = from + sweep.taps().get(t).number() * order.tapStep();
        for (int c = 0; c < sweep.depth(); c++) {
          packed[to] = w[tap + c * order.depthStep()];
          to += tile;
        }
      }
    }
  }

  @Override
  public int parts(int samples) {
    return Math.ceilDiv(samples, L);
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
    int sample = first + part * L;
    int n = Math.min(L, samples - part * L);
    staging.stage(x, xo + sample * sweep.sourceFloats(), n, scratch, Lanes.ALIGNED);
    stageEffects(epilogue, scratch);
    boolean plain = epilogue.residual() == null && !epilogue.isBounded();
    // Pixels of a row that are neighbours in memory.
    int run = sweep.targetPitch() == sweep.width() ? sweep.columns() : 1;
    int values = run * sweep.width();
    int to = yo + sample * sweep.targetFloats();
    for (int row = 0; row < sweep.height(); row++) {
      multiplyRow(row, packed, po, scratch);
      if (plain && epilogue.activation() != null) {
        int results = sweep.columns() * filters * L;
        epilogue.activation().function().apply(scratch, resultsAt, scratch, resultsAt, results);
      }
      for (int column = 0; column < sweep.columns(); column += run) {
        int from = resultsAt + column * filters * L;
        if (plain) {
          Transposition.fromLanes(scratch, from, places, values, y, to, starts, n);
        } else {
          Transposition.fromLanes(scratch, from, places, values, scratch, rowAt, rowStarts, n);
          for (int s = 0; s < n; s++) {
            finish(epilogue, scratch, rowAt + rowStarts[s], values, y, yo, to + starts[s]);
          }
        }
        to += run * sweep.targetPitch();
      }
    }
  }

  /** Spreads an epilogue's factors and summands over all filters. */
  private void stageEffects(Epilogue e, float[] scratch) {
    int width = sweep.width();
    Arrays.fill(scratch, effectsAt, effectsAt + filters, 1);
    Arrays.fill(scratch, effectsAt + filters, effectsAt + 2 * filters, 0);
    if (e.scale() != null) {
      System.arraycopy(e.scale(), e.scaleOffset(), scratch, effectsAt, width);
    }
    if (e.shift() != null) {
      System.arraycopy(e.shift(), e.shiftOffset(), scratch, effectsAt + filters, width);
    }
  }

  private void multiplyRow(int row, float[] packed, int po, float[] scratch) {
    int step = sweep.columnStep() * staging.pixel();
    int from = fromTap[row];
    int to = toTap[row];
    for (int column = 0; column < sweep.columns(); column += PIXELS) {
      int source = Lanes.ALIGNED + staging.place(row, column);
      for (int o = 0; o < filters; o += tile) {
        int w = po + o * depth;
        int c = resultsAt + (column * filters + o) * L;
        if (tile == 8) {
          Tiles.lanes8x2(
              from,
              to,
              staging.offsets(),
              scratch,
              source,
              step,
              packed,
              w,
              scratch,
              effectsAt + o,
              filters,
              scratch,
              c,
              filters * L);
        } else {
          Tiles.lanes6x2(
              from,
              to,
              staging.offsets(),
              scratch,
              source,
              step,
              packed,
              w,
              scratch,
              effectsAt + o,
              filters,
              scratch,
              c,
              filters * L);
        }
      }
    }
  }

  /** Adds a sample's residual to {@code n} sums, cuts them off and applies the activation. */
  private static void finish(Epilogue e, float[] sums, int so, int n, float[] y, int yo, int at) {
    float[] residual = e.residual();
    int toResidual = e.residualOffset() - yo;
    for (int i = 0; i < n; i += L) {
      var mask = Lanes.S.indexInRange(i, n);
      var value = FloatVector.fromArray(Lanes.S, sums, so + i, mask);
      if (residual != null) {
        value = value.add(FloatVector.fromArray(Lanes.S, residual, at + toResidual + i, mask));
      }
      // Not max and min, which take several instructions to get NaN right.
      value = value.blend(e.floor(), value.compare(VectorOperators.LT, e.floor()));
      value = value.blend(e.ceiling(), value.compare(VectorOperators.GT, e.ceiling()));
      value.intoArray(y, at + i, mask);
    }
    if (e.activation() != null) {
      e.activation().function().apply(y, at, y, at, n);
    }
  }
}
