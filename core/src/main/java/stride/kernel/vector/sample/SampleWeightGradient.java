package stride.kernel.vector.sample;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.WeightGradient;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Sweep;
import stride.kernel.vector.Tiles;
import stride.kernel.vector.Transposition;

/**
 * The weight gradient of a small layer with samples in the lanes: products of output gradients and
 * inputs are summed over pixels lane by lane, for a few filters and taps at a time, and the lanes
 * are added up in order at the end.
 *
 * <p>Scratch: [room to align][staged inputs][a band of the gradient][sums, a vector each][L sums'
 * lanes].
 */
public final class SampleWeightGradient implements WeightGradient {
  private static final int L = Lanes.COUNT;

  /** Pixels of a band: the part that a tile reads stays in the first-level cache. */
  private static final int BAND = 56;

  private final Sweep sweep;
  private final SampleStaging staging;

  /** Filters of a tile. */
  private final int tileFilters;

  /** Taps' channels of a tile. */
  private final int tileTaps;

  private final int filterTiles;
  private final int tapTiles;
  private final int[] offsets;

  /** Output rows of a band. */
  private final int rows;

  /** The places of the inputs of a band's pixels. */
  private final int[] pixels;

  /** The places of the samples' gradients. */
  private final int[] starts;

  /** The place of each value of a band's gradient: tile by tile, pixel by pixel. */
  private final int[] gradientPlaces;

  /** The weight of each sum, -1 where it only fills up a tile. */
  private final int[] weights;

  /** The places of the lanes of L sums, vector by vector or sum by sum. */
  private final int[] square;

  private final int gradientAt;
  private final int sumsAt;
  private final int squareAt;

  /** Makes the weight gradient of a forward sweep. */
  public SampleWeightGradient(Sweep sweep) {
    this.sweep = sweep;
    staging = new SampleStaging(sweep, true, 0);
    int depth = staging.offsets().length;
    int width = sweep.width();
    boolean wide = L >= 16 && waste(6, 4, depth, width) <= waste(4, 6, depth, width);
    tileFilters = wide ? 6 : 4;
    tileTaps = wide ? 4 : L >= 16 ? 6 : 3;
    filterTiles = Math.ceilDiv(width, tileFilters);
    tapTiles = Math.ceilDiv(depth, tileTaps);
    offsets = Arrays.copyOf(staging.offsets(), tapTiles * tileTaps);
    int columns = sweep.columns();
    rows = Math.clamp(BAND / columns, 1, sweep.height());
    pixels = new int[rows * columns];
    Arrays.setAll(pixels, p -> staging.place(p / columns, p % columns));
    starts = new int[L];
    Arrays.setAll(starts, s -> s * sweep.targetFloats());
    gradientPlaces = new int[pixels.length * width];
    Arrays.setAll(
        gradientPlaces,
        v -> {
          int filter = v % width;
          int pixel = filter / tileFilters * pixels.length + v / width;
          return (pixel * tileFilters + filter % tileFilters) * L;
        });
    weights = new int[filterTiles * tapTiles * tileFilters * tileTaps];
    Arrays.fill(weights, -1);
    for (int o = 0; o < width; o++) {
      for (int k = 0; k < depth; k++) {
        weights[sum(o, k)] =
            sweep.taps().get(k / sweep.depth()).number() * sweep.weights().tapStep()
                + k % sweep.depth() * sweep.weights().depthStep()
                + o * sweep.weights().widthStep();
      }
    }
    square = new int[L];
    Arrays.setAll(square, i -> i * L);
    gradientAt = Lanes.ALIGNED + staging.length();
    sumsAt = gradientAt + filterTiles * pixels.length * tileFilters * L;
    squareAt = sumsAt + Lanes.roundUp(weights.length, L) * L;
  }

  /** Sums that tiles of a size compute. */
  private static int waste(int filters, int taps, int depth, int width) {
    return Lanes.roundUp(width, filters) * Lanes.roundUp(depth, taps);
  }

  /** Returns the number of the sum for a filter and a tap's channel. */
  private int sum(int filter, int tap) {
    int tile = filter / tileFilters * tapTiles + tap / tileTaps;
    return (tile * tileFilters + filter % tileFilters) * tileTaps + tap % tileTaps;
  }

  @Override
  public int scratchLength() {
    return squareAt + L * L;
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
    // Filters that fill up a tile have no gradient, and sums' lanes are added whole vectors at a
    // time.
    Arrays.fill(scratch, gradientAt, squareAt, 0);
    for (int s = first; s < first + samples; s += L) {
      addLanes(
          x,
          xo + s * sweep.sourceFloats(),
          dy,
          dyo + s * sweep.targetFloats(),
          Math.min(L, first + samples - s),
          scratch);
    }
    for (int sum = 0; sum < weights.length; sum += L) {
      addSums(scratch, sum, dw, dwo);
    }
  }

  /** Adds up to L samples to the sums. */
  private void addLanes(float[] x, int xo, float[] dy, int dyo, int samples, float[] scratch) {
    staging.stage(x, xo, samples, scratch, Lanes.ALIGNED);
    int rowLength = sweep.columns() * sweep.width();
    for (int row = 0; row < sweep.height(); row += rows) {
      int n = Math.min(rows, sweep.height() - row);
      Transposition.toLanes(
          dy,
          dyo + row * rowLength,
          starts,
          samples,
          n * rowLength,
          scratch,
          gradientAt,
          gradientPlaces);
      for (int f = 0; f < filterTiles; f++) {
        for (int t = 0; t < tapTiles; t++) {
          tile(row, n * sweep.columns(), f, t, scratch);
        }
      }
    }
  }

  private void tile(int row, int n, int f, int t, float[] scratch) {
    int g = gradientAt + f * pixels.length * tileFilters * L;
    int source = Lanes.ALIGNED + staging.place(row, 0);
    int sums = sumsAt + (f * tapTiles + t) * tileFilters * tileTaps * L;
    if (tileFilters == 6) {
      Tiles.lanesOuter6x4(n, pixels, scratch, g, offsets, t * 4, scratch, source, scratch, sums);
    } else if (tileTaps == 6) {
      Tiles.lanesOuter4x6(n, pixels, scratch, g, offsets, t * 6, scratch, source, scratch, sums);
    } else {
      Tiles.lanesOuter4x3(n, pixels, scratch, g, offsets, t * 3, scratch, source, scratch, sums);
    }
  }

  /**
   * Adds the lanes of up to L sums, lane after lane: reduceLanes' order differs between interpreter
   * and compiler.
   */
  private void addSums(float[] scratch, int sum, float[] dw, int dwo) {
    Transposition.fromLanes(scratch, sumsAt + sum * L, square, L, scratch, squareAt, square, L);
    var total = FloatVector.fromArray(Lanes.S, scratch, squareAt);
    for (int lane = 1; lane < L; lane++) {
      total = total.add(FloatVector.fromArray(Lanes.S, scratch, squareAt + lane * L));
    }
    total.intoArray(scratch, squareAt);
    int n = Math.min(L, weights.length - sum);
    for (int i = 0; i < n; i++) {
      int weight = weights[sum + i];
      if (weight >= 0) {
        dw[dwo + weight] += scratch[squareAt + i];
      }
    }
  }
}
