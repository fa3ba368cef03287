package stride.kernel.vector;

/**
 * Converts samples that lie one after another to vectors of samples, and back: L samples of n
 * values each are n vectors of L lanes. The last of the blocks of L values overlaps the one before
 * it.
 */
public final class Transposition {
  private static final int L = Lanes.COUNT;

  /**
   * The lanes that each stage of butterflies picks from two vectors, whose lanes are numbered
   * through: first those of the lower result, then those of the higher one.
   */
  private static final float[] ORDER = order();

  private Transposition() {}

  private static float[] order() {
    int stages = Integer.numberOfTrailingZeros(L);
    var order = new float[2 * stages * L];
    for (int k = 0; k < stages; k++) {
      int bit = 1 << k;
      for (int i = 0; i < L; i++) {
        boolean high = (i & bit) != 0;
        order[2 * k * L + i] = high ? L + (i ^ bit) : i;
        order[(2 * k + 1) * L + i] = high ? L + i : i ^ bit;
      }
    }
    return order;
  }

  /** {@return whether there is a kernel for this machine's vectors} */
  public static boolean suits() {
    return L == 16 || L == 8 || L == 4;
  }

  /**
   * Makes vectors of samples. Lanes without a sample are zero.
   *
   * @param samples at most L
   * @param starts where the samples' first values are, from {@code xo}
   * @param n values of each sample
   * @param places where value v's vector goes, from {@code yo}
   */
  public static void toLanes(
      float[] x, int xo, int[] starts, int samples, int n, float[] y, int yo, int[] places) {
    if (samples == L && n >= L) {
      for (int v = 0; v < n; v += L) {
        int at = Math.min(v, n - L);
        block(x, xo + at, starts, 0, y, yo, places, at);
      }
      return;
    }
    for (int v = 0; v < n; v++) {
      int to = yo + places[v];
      for (int s = 0; s < L; s++) {
        y[to + s] = s < samples ? x[xo + starts[s] + v] : 0;
      }
    }
  }

  /**
   * Takes vectors of samples apart.
   *
   * @param places where value v's vector is, from {@code xo}
   * @param samples at most L, which alone are written
   * @param starts where the samples' first values go, from {@code yo}
   */
  public static void fromLanes(
      float[] x, int xo, int[] places, int n, float[] y, int yo, int[] starts, int samples) {
    if (samples == L && n >= L) {
      for (int v = 0; v < n; v += L) {
        int at = Math.min(v, n - L);
        block(x, xo, places, at, y, yo + at, starts, 0);
      }
      return;
    }
    for (int v = 0; v < n; v++) {
      int from = xo + places[v];
      for (int s = 0; s < samples; s++) {
        y[yo + starts[s] + v] = x[from + s];
      }
    }
  }

  /** Makes L vectors of the lanes of L vectors: vector i, at to[t + i], of their i-th lanes. */
  static void block(float[] x, int xo, int[] from, int f, float[] y, int yo, int[] to, int t) {
    if (L == 16) {
      Tiles.transpose16(ORDER, x, xo, from, f, y, yo, to, t);
    } else if (L == 8) {
      Tiles.transpose8(ORDER, x, xo, from, f, y, yo, to, t);
    } else {
      Tiles.transpose4(ORDER, x, xo, from, f, y, yo, to, t);
    }
  }
}
