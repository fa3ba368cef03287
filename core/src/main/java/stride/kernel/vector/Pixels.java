package stride.kernel.vector;

/**
 * How the pixels lie that {@link Panels} are multiplied by: staged, or where a map has them, as
 * runs of values. The bits of the products do not depend on it.
 *
 * @param offsets where each run of pixel 0 begins
 * @param run values of a run
 * @param step floats from a pixel to the next one
 * @param isStaged whether tiles may read beyond the last pixel
 */
public record Pixels(int[] offsets, int run, int step, boolean isStaged) {
  private static final int L = Lanes.COUNT;

  /** The fewest pixels that can be read where they lie. */
  public static final int FEWEST = 8;

  /** {@return staged pixels} */
  public static Pixels staged(Staging staging) {
    return new Pixels(staging.offsets(), Staging.BLOCK, Staging.BLOCK, true);
  }

  /**
   * {@return the pixels of a map, of {@code depth} channels each}
   *
   * @param run values that are read in one loop, of which the channels are a multiple
   * @param pitch floats from a pixel to the next one
   */
  public static Pixels inPlace(int depth, int run, int pitch) {
    var offsets = new int[depth / run];
    for (int t = 0; t < offsets.length; t++) {
      offsets[t] = t * run;
    }
    return new Pixels(offsets, run, pitch, false);
  }

  /**
   * {@return whether {@link Rows} has tiles that read {@code run} neighbouring values at a time}
   */
  public static boolean suitRuns(int run) {
    return Rows.suit(run);
  }

  /** Returns the values that a pixel is made of. */
  int depth() {
    return offsets.length * run;
  }

  /** Returns how many of {@code left} pixels are computed together, about {@code most} of them. */
  int group(int left, int most) {
    if (left <= most) {
      return left;
    }
    return isStaged || left - most >= FEWEST ? most : most - FEWEST;
  }

  /**
   * Computes the sums of {@code pixels} pixels, at least {@link #FEWEST}, by tiles that may
   * overlap: nothing is read beyond the last one.
   */
  void sum(float[] a, int ao, int pixels, float[] packed, int w, int vectors, float[] c, int co) {
    int end;
    for (int p = 0; p < pixels; p = end) {
      int n = tile(pixels - p, pixels, vectors);
      end = Math.min(p + n, pixels);
      int first = end - n;
      Rows.multiply(
          run,
          n,
          vectors,
          offsets,
          a,
          ao + first * step,
          step,
          packed,
          w,
          c,
          co + first * vectors * L);
    }
  }

  /** Returns the pixels of the next tile. */
  private static int tile(int left, int all, int vectors) {
    if (L < 16 && vectors == 2) {
      return 6;
    }
    // 15 and 16 pixels are two tiles of 8.
    return left <= 8 || left == 15 || left == 16 || all < 14 ? 8 : 14;
  }
}
