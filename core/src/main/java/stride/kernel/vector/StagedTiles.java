package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;

/** The sums of staged pixels and one panel of weights, {@link Tiles tile} by tile. */
public final class StagedTiles {
  private static final int L = Lanes.COUNT;

  /** The pixels of the largest tile: as many as leave its sums in registers. */
  public static final int PIXELS = L >= 16 ? 14 : 6;

  /** The pixels of the tile for fewer. */
  static final int SMALL_PIXELS = L >= 16 ? 8 : 6;

  /** Blocks of 16 rows of weights that stay in a first-level cache. */
  static final int CHUNK = 18;

  /** Floats of a cache line. */
  private static final int LINE = 16;

  /** The place in a scratch of a vector that is never read. */
  static final int UNREAD = Lanes.ALIGNED;

  private StagedTiles() {}

  /** Returns the number of pixels that whole tiles compute to cover {@code pixels}. */
  public static int computed(int pixels) {
    int rest = pixels % PIXELS;
    int full = pixels - rest;
    if (L >= 16 && rest > 0 && rest <= 2 && full > 0) {
      return full - PIXELS + 2 * SMALL_PIXELS;
    }
    return full + (rest == 0 ? 0 : rest <= SMALL_PIXELS ? SMALL_PIXELS : PIXELS);
  }

  /**
   * The sums of some pixels, a chunk of weights after another.
   *
   * @param far whether the weights are in no near cache; then {@code c} is a scratch
   */
  public static void sum(
      int[] offsets,
      float[] a,
      int ao,
      int pixels,
      float[] packed,
      int w,
      boolean far,
      int vectors,
      float[] c,
      int co) {
    int from = 0;
    do {
      int to = Math.min(from + CHUNK, offsets.length);
      if (far) {
        int step = Staging.BLOCK * vectors * L;
        fetch(packed, w + from * step, w + to * step, c);
      }
      sumChunk(from, to, offsets, a, ao, pixels, packed, w, vectors, c, co);
      from = to;
    } while (from < offsets.length);
  }

  /** Adds the products of the blocks [from, to) to the sums, which the first block begins. */
  static void sumChunk(
      int from,
      int to,
      int[] offsets,
      float[] a,
      int ao,
      int pixels,
      float[] packed,
      int w,
      int vectors,
      float[] c,
      int co) {
    for (int p = 0; p < pixels; ) {
      int at = ao + p * Staging.BLOCK;
      int sums = co + p * vectors * L;
      p += tile(from == 0, from, to, offsets, a, at, pixels - p, packed, w, vectors, c, sums);
    }
  }

  /**
   * Reads floats to bring them into the cache. Loads that wait for nothing are under way many at a
   * time; a tile's sums wait for each other, and so would its loads.
   */
  static void fetch(float[] w, int from, int to, float[] scratch) {
    var even = FloatVector.zero(Lanes.S);
    var odd = FloatVector.zero(Lanes.S);
    for (int i = from; i + LINE + L <= to; i += 2 * LINE) {
      even = even.add(FloatVector.fromArray(Lanes.S, w, i));
      odd = odd.add(FloatVector.fromArray(Lanes.S, w, i + LINE));
    }
    // C2 drops loads without effect.
    even.add(odd).intoArray(scratch, UNREAD);
  }

  /** Multiplies up to {@link #PIXELS} pixels; returns their number. */
  private static int tile(
      boolean fresh,
      int from,
      int to,
      int[] offsets,
      float[] a,
      int ao,
      int pixels,
      float[] packed,
      int w,
      int vectors,
      float[] c,
      int co) {
    if (L < 16) {
      if (vectors == 2) {
        Tiles.tile6x2(fresh, from, to, offsets, a, ao, packed, w, c, co);
      } else if (pixels >= 12) {
        Tiles.tile12x1(fresh, from, to, offsets, a, ao, packed, w, c, co);
        return 12;
      } else {
        Tiles.tile6x1(fresh, from, to, offsets, a, ao, packed, w, c, co);
      }
      return Math.min(pixels, 6);
    }
    // 15 and 16 pixels are two tiles of 8.
    if (pixels <= 8 || pixels == 15 || pixels == 16) {
      if (vectors == 2) {
        Tiles.tile8x2(fresh, from, to, offsets, a, ao, packed, w, c, co);
      } else {
        Tiles.tile8x1(fresh, from, to, offsets, a, ao, packed, w, c, co);
      }
      return Math.min(pixels, 8);
    }
    if (vectors == 2) {
      Tiles.tile14x2(fresh, from, to, offsets, a, ao, packed, w, c, co);
    } else {
      Tiles.tile14x1(fresh, from, to, offsets, a, ao, packed, w, c, co);
    }
    return Math.min(pixels, 14);
  }
}
