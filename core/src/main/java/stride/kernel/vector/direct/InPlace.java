package stride.kernel.vector.direct;

import org.jspecify.annotations.Nullable;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Pixels;
import stride.kernel.vector.StagedTiles;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/** Decides whether a sweep reads its pixels where they lie. It decides about time only. */
final class InPlace {
  /** Floats after which a first-level cache has its lines in the same places again. */
  private static final int SAME_PLACE = 1024;

  // Cycles, as measured: copying a vector from a cache beyond the first level, and the addresses
  // of a tile's pixels, for each pixel: 1.5 on AMD's family 26, more on Intel's model 167, where
  // four times as many outputs as inputs take 1.02 to 1.13 of the time of a copy.
  private static final double COPY = 4;
  private static final double ADDRESSES = 2.5;

  /**
   * Whether a tile has enough pixels for each address. The small tiles of narrower vectors take 0.9
   * to 1.1 of the time of a copy on AMD's family 26, and 1.04 to 1.4 on Intel's model 167.
   */
  private static final boolean SUITS = StagedTiles.PIXELS > 8;

  private InPlace() {}

  /** Returns how the pixels of a sweep lie, null where a staged copy of them is faster. */
  static @Nullable Pixels of(Sweep sweep) {
    int half = Staging.BLOCK / 2;
    if (!SUITS || !sweep.isPointwise() || sweep.depth() % half != 0) {
      return null;
    }
    if (sweep.sourcePitch() % SAME_PLACE == 0) {
      // The lines of a tile's pixels would drive each other out of the cache.
      return null;
    }
    boolean whole = sweep.depth() % Staging.BLOCK == 0;
    int panels = Math.ceilDiv(sweep.width(), 2 * Lanes.COUNT);
    double copy = COPY * sweep.depth() / Lanes.COUNT;
    if (whole && copy < ADDRESSES * panels) {
      return null;
    }
    return Pixels.inPlace(sweep.depth(), whole ? Staging.BLOCK : half, sweep.sourcePitch());
  }
}
