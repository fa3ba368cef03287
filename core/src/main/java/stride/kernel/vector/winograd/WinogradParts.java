package stride.kernel.vector.winograd;

import stride.kernel.vector.Lanes;
import stride.kernel.vector.StagedTiles;

/**
 * The division of a {@link WinogradPass}'s work into parts: some tiles, of any images, and some of
 * the panels. It decides about time only: every value is summed the same way in any part.
 *
 * @param tiles tiles of a part
 * @param splits parts that share their tiles, with different panels: each transforms the inputs
 */
record WinogradParts(int tiles, int splits) {
  private static final int L = Lanes.COUNT;

  /** The most tiles of a part: transformed, they fit into the second-level cache. */
  private static final int MOST = 5 * StagedTiles.PIXELS;

  // Cycles, as measured: handing out a part, transforming 16 channels of a tile's inputs, a vector
  // of its outputs and a vector of filters, and reading 16 floats from the third-level cache.
  private static final double PART = 3000;
  private static final double INPUT = 250;
  private static final double OUTPUT = 220;
  private static final double FILTER = 200;
  private static final double READ = 2.5;

  /** Floats of transformed inputs that stay in a second-level cache. */
  private static final int CACHE = 160 * 1024;

  /**
   * Returns the division that minimises the work of the busiest thread.
   *
   * @param all tiles of all samples
   * @param blocks blocks of 16 channels
   * @param late whether each part transforms its filters
   */
  static WinogradParts of(int all, int blocks, int panels, boolean late, int threads) {
    double least = Double.POSITIVE_INFINITY;
    var best = new WinogradParts(Math.min(all, MOST), 1);
    int fewest = Math.ceilDiv(all, MOST);
    for (int parts = fewest; parts <= Math.max(fewest, Math.ceilDiv(all, 8)); parts++) {
      int tiles = Math.ceilDiv(all, parts);
      double panel = panel(tiles, blocks, late);
      for (int splits = 1; splits <= panels; splits++) {
        double part = PART + tiles * blocks * INPUT * 16 / L + Math.ceilDiv(panels, splits) * panel;
        double busiest = Math.ceilDiv(Math.ceilDiv(all, tiles) * splits, threads) * part;
        if (busiest < least) {
          least = busiest;
          best = new WinogradParts(tiles, splits);
        }
      }
    }
    return best;
  }

  /** Cycles that the tiles take with one panel: two multiply-adds of vectors a cycle. */
  private static double panel(int tiles, int blocks, boolean late) {
    int depth = blocks * 16;
    double filters = late ? 2 * depth * FILTER : 36 * depth * 2.0 * L / 16 * READ;
    double inputs = 36 * tiles * depth > CACHE ? 36 * tiles * blocks * READ : 0;
    return 36 * depth * StagedTiles.computed(tiles) + filters + inputs + 2 * tiles * OUTPUT;
  }
}
