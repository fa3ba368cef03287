package stride.kernel.vector.direct;

import stride.kernel.vector.Lanes;
import stride.kernel.vector.Panels;
import stride.kernel.vector.StagedTiles;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * The division of a {@link DirectPass}'s work into parts: blocks of {@code rows} x {@code columns}
 * output pixels, and for each block some of the panels. It decides about time only: every value is
 * summed the same way in any part.
 *
 * <p>A pointwise sweep's pixels are one long row, of all samples.
 *
 * @param splits parts that share a block's pixels, with different panels
 */
record DirectParts(int rows, int columns, int splits) {
  private static final int L = Lanes.COUNT;

  /** Floats that a block of pixels may take when staged: a part of a second-level cache. */
  private static final int STAGED = 96 * 1024;

  // Cycles, as measured: handing out a part, copying a vector, storing one, and reading 16 floats
  // of weights that are in no near cache.
  private static final double PART = 3000;
  private static final double COPY = 2;
  private static final double STORE = 3;
  private static final double WEIGHTS = 2;

  /** Blocks tried from the fewest on; more of them only cost. */
  private static final int TRIALS = 512;

  /**
   * Returns the division that minimises the work of the busiest thread.
   *
   * @param batch samples that usually run together
   */
  static DirectParts of(Sweep sweep, int batch, int threads) {
    int tile = StagedTiles.PIXELS;
    int room = Math.max(STAGED / stagedPerPixel(sweep), tile);
    return sweep.isPointwise()
        ? pointwise(sweep, batch, threads, room)
        : image(sweep, batch, threads, room);
  }

  /** Returns the division of one block of {@code pixels} pixels of a pointwise sweep. */
  static DirectParts ofOneBlock(Sweep sweep, int pixels, int threads) {
    var choice = new Choice(sweep, threads);
    choice.offer(1, pixels, 1);
    return choice.best;
  }

  private static DirectParts pointwise(Sweep sweep, int batch, int threads, int room) {
    int pixels = batch * sweep.height() * sweep.columns();
    int tile = StagedTiles.PIXELS;
    var choice = new Choice(sweep, threads);
    int fewest = Math.ceilDiv(pixels, room);
    for (int blocks = fewest; blocks < fewest + TRIALS; blocks++) {
      int columns = Math.ceilDiv(pixels, blocks);
      // Whole tiles, where there are several.
      columns = columns > tile ? Math.min(Lanes.roundUp(columns, tile), room) : columns;
      choice.offer(1, columns, Math.ceilDiv(pixels, columns));
      if (columns <= tile) {
        break;
      }
    }
    return choice.best;
  }

  private static DirectParts image(Sweep sweep, int batch, int threads, int room) {
    var reach = sweep.reach();
    int most = Math.max(room / (reach.rows() + 1), StagedTiles.PIXELS);
    int columnBlocks = Math.ceilDiv(sweep.columns(), most);
    int columns = Math.ceilDiv(sweep.columns(), columnBlocks);
    int mostRows = Math.max(room / columns - (reach.rows() - 1) / sweep.rowStep(), 1);
    var choice = new Choice(sweep, threads);
    int fewest = Math.ceilDiv(sweep.height(), mostRows);
    for (int blocks = fewest; blocks <= Math.min(sweep.height(), fewest + TRIALS); blocks++) {
      int rows = Math.ceilDiv(sweep.height(), blocks);
      choice.offer(rows, columns, batch * Math.ceilDiv(sweep.height(), rows) * columnBlocks);
    }
    return choice.best;
  }

  /** Returns the floats that staging takes for an output pixel, without the halo. */
  private static int stagedPerPixel(Sweep sweep) {
    int taps = sweep.taps().size();
    return Math.max(
        Math.min(
            tapColumns(sweep) * Lanes.roundUp(sweep.depth(), Staging.BLOCK),
            Lanes.roundUp(taps * sweep.depth(), Staging.BLOCK)),
        1);
  }

  private static int tapColumns(Sweep sweep) {
    return (int) sweep.taps().stream().mapToInt(Sweep.Tap::column).distinct().count();
  }

  /** The best of the parts that were offered. */
  private static final class Choice {
    private final Sweep sweep;
    private final int threads;
    private final int panels;
    private final int haloRows;
    private final double stagedPerPixel;
    private final double weightsPerPanel;
    private double least = Double.POSITIVE_INFINITY;
    DirectParts best = new DirectParts(1, 1, 1);

    Choice(Sweep sweep, int threads) {
      this.sweep = sweep;
      this.threads = threads;
      panels = sweep.groups() * new Panels(0, sweep.width()).count();
      haloRows = (sweep.reach().rows() - 1) / sweep.rowStep();
      stagedPerPixel = stagedPerPixel(sweep) * COPY / L;
      weightsPerPanel = (double) sweep.taps().size() * Lanes.roundUp(sweep.depth(), Staging.BLOCK);
    }

    void offer(int rows, int columns, int blocks) {
      int pixels = rows * columns;
      // Two multiply-adds a cycle on two vectors of columns: a cycle for each staged value.
      double panel =
          weightsPerPanel * (StagedTiles.computed(pixels) + 2 * WEIGHTS * L / 16)
              + 2 * STORE * pixels;
      double staged = stagedPerPixel * (rows + haloRows) * columns;
      for (int splits = 1; splits <= panels; splits++) {
        int perPart = Math.ceilDiv(panels, splits);
        // A part stages a group's pixels for all of the group's panels that it has.
        int stagings = Math.ceilDiv(perPart * sweep.groups(), panels);
        double part = PART + stagings * staged + perPart * panel;
        double busiest = Math.ceilDiv(blocks * splits, threads) * part;
        if (busiest < least) {
          least = busiest;
          best = new DirectParts(rows, columns, splits);
        }
      }
    }
  }
}
