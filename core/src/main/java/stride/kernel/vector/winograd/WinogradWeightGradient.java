package stride.kernel.vector.winograd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.WeightGradient;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;

/**
 * The weight gradient on Winograd's tiles: the sum over tiles of transformed inputs times
 * transformed output gradients, 36 separate matrix products, transformed back once at the end. A
 * part is 64 input channels and 64 output channels, whose sums stay in the second-level cache.
 *
 * <p>Scratch: [a tile's values][V: 36 x [block][tile][16]][Z: 36 x [block][tile][16]][M: 36 x
 * [channels and columns of a tile]...].
 */
public final class WinogradWeightGradient implements WeightGradient {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;
  private static final int POINTS = Winograd.POINTS;

  /** Channels of a part, in and out. */
  private static final int PART = 64;

  /** Tiles that are transformed at a time. */
  private static final int TILES = 42;

  private static final int POINT_STEP = PART / BLOCK * TILES * BLOCK + BLOCK;
  private static final int INPUTS = Winograd.SCRATCH;
  private static final int GRADIENTS = INPUTS + POINTS * POINT_STEP;
  private static final int SUMS = GRADIENTS + POINTS * POINT_STEP;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final TileSize size;
  private final int perImage;

  /** Channels, and columns, whose sums stay in registers together. */
  private final int rows;

  private final int wide;

  /**
   * Columns of a part, whole vectors, and floats from one of the 36 matrices of sums to the next.
   */
  private final int sumColumns;

  private final int sumStep;
  private final WinogradPatches patches;

  /** Makes the weight gradient of a forward sweep that {@link #suits} it. */
  public WinogradWeightGradient(Sweep sweep) {
    this.sweep = sweep;
    reach = sweep.reach();
    size = TileSize.of(reach.rows());
    perImage = size.tiles(sweep.height(), sweep.columns());
    rows = sweep.width() > L ? 8 : 16;
    wide = sweep.width() > L ? 2 * L : L;
    sumColumns = Math.min(PART, Lanes.roundUp(sweep.width(), wide));
    sumStep = Math.min(PART, Lanes.roundUp(sweep.depth(), rows)) * sumColumns + BLOCK;
    patches = new WinogradPatches(sweep, size, TILES, POINT_STEP);
  }

  /**
   * {@return whether a forward sweep is a filter of 3 x 3 or 5 x 5 with stride 1 over enough
   * channels to pay}
   */
  public static boolean suits(Sweep sweep, int batch) {
    return L == BLOCK
        && sweep.depth() >= 16
        && sweep.width() >= 16
        && WinogradPass.suits(sweep, batch);
  }

  @Override
  public int scratchLength() {
    return SUMS + POINTS * sumStep;
  }

  private int widthParts() {
    return Math.ceilDiv(sweep.width(), PART);
  }

  @Override
  public int parts() {
    return Math.ceilDiv(sweep.depth(), PART) * widthParts();
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
    int channel = part / widthParts() * PART;
    int column = part % widthParts() * PART;
    int channels = Lanes.roundUp(Math.min(PART, sweep.depth() - channel), rows);
    int columns = Math.min(PART, sweep.width() - column);
    int source = xo + first * sweep.sourceFloats();
    int target = dyo + first * sweep.targetFloats();
    Arrays.fill(scratch, SUMS, SUMS + POINTS * sumStep, 0);
    int all = samples * perImage;
    for (int tile = 0; tile < all; tile += TILES) {
      int n = Math.min(TILES, all - tile);
      for (int t = 0; t < n; t++) {
        patches.transformInputs(
            x,
            source,
            tile + t,
            channel / BLOCK,
            Math.ceilDiv(channel + channels, BLOCK),
            scratch,
            INPUTS + t * BLOCK);
        patches.transformGradients(
            dy,
            target,
            tile + t,
            column / BLOCK,
            Math.ceilDiv(column + columns, BLOCK),
            scratch,
            GRADIENTS + t * BLOCK);
      }
      for (int point = 0; point < POINTS; point++) {
        for (int c = 0; c < channels; c += rows) {
          int v = INPUTS + point * POINT_STEP + c / BLOCK * TILES * BLOCK + c % BLOCK;
          for (int j = 0; j < columns; j += wide) {
            int z = GRADIENTS + point * POINT_STEP + j / BLOCK * TILES * BLOCK;
            int sums = SUMS + point * sumStep + c * sumColumns + j * rows;
            if (wide > L) {
              Tiles.outerSum8x2(n, scratch, v, z, TILES * BLOCK, sums);
            } else {
              Tiles.outerSum16x1(n, scratch, v, z, TILES * BLOCK, sums);
            }
          }
        }
      }
    }
    for (int c = 0; c < Math.min(channels, sweep.depth() - channel); c++) {
      for (int j = 0; j < columns; j += L) {
        int sums = SUMS + c / rows * rows * sumColumns + j / wide * wide * rows;
        int from = sums + c % rows * wide + j % wide;
        if (size.taps() == 3) {
          Winograd.filterGradients(scratch, from, sumStep);
        } else {
          Winograd.largeFilterGradients(scratch, from, sumStep);
        }
        addFilters(scratch, dw, dwo, channel + c, column + j);
      }
    }
  }

  private void addFilters(float[] scratch, float[] dw, int dwo, int channel, int column) {
    var order = sweep.weights();
    var mask = Lanes.S.indexInRange(column, sweep.width());
    for (int t = 0; t < size.weights(); t++) {
      var tap = sweep.taps().get(t);
      int value = (tap.row() - reach.row()) * size.taps() + tap.column() - reach.column();
      int to = dwo + tap.number() * order.tapStep() + channel * order.depthStep() + column;
      FloatVector.fromArray(Lanes.S, dw, to, mask)
          .add(FloatVector.fromArray(Lanes.S, scratch, Winograd.VALUES + value * L))
          .intoArray(dw, to, mask);
    }
  }
}
