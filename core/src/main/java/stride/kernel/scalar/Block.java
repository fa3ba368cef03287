package stride.kernel.scalar;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A product of two small matrices, at the heart of {@link ScalarConvolution}: sums[row][lane] +=
 * the sum over d of factors[row, d] * columns[d][lane].
 *
 * <p>C2 (as of JDK 25) vectorises a loop only when it can tell at compile time that its loads and
 * stores do not overlap: {@code y[yo + i] += a * w[wo + i]} stays scalar, because y and w might be
 * one array and the offsets anything. Where all arrays have the same index it can tell, for any
 * arrays. So operands are copied to separate arrays, one a row, and one small loop, {@link
 * #multiplyAdd}, does all the arithmetic.
 */
final class Block {
  /** The most floats of a row. */
  static final int LANES = 128;

  /** The most columns. With them, a block's operands stay in L1. */
  static final int DEPTH = 64;

  /** The most rows. */
  static final int ROWS = 64;

  /**
   * Rows and columns that one run of the loop takes; all of them are padded to it. Of more in a
   * loop, C2 makes no vectors: 4 x 4 has a third of the speed.
   */
  private static final int ROW_STEP = 2;

  private static final int COLUMN_STEP = 4;

  final float[][] columns = new float[DEPTH][LANES];
  final float[][] sums = new float[ROWS][LANES];

  /** Row by row, {@value #DEPTH} a row. */
  final float[] factors = new float[ROWS * DEPTH];

  /** Returns the index at which a row's factors begin. */
  static int factors(int row) {
    return row * DEPTH;
  }

  /** Sets the sums of rows that are to come to zero. */
  void clear(int rows, int lanes) {
    int padded = padded(rows, ROW_STEP);
    for (int r = 0; r < padded; r++) {
      Arrays.fill(sums[r], 0, lanes, 0);
    }
  }

  /**
   * Adds the products of {@code depth} columns. Each sum takes its products in the order of d, for
   * any size of the block, so that its bits depend only on its own operands.
   */
  void multiply(int rows, int depth, int lanes) {
    int padded = padded(depth, COLUMN_STEP);
    for (int d = depth; d < padded; d++) {
      Arrays.fill(columns[d], 0, lanes, 0);
    }
    for (int r = 0; r < rows; r++) {
      Arrays.fill(factors, factors(r) + depth, factors(r) + padded, 0);
    }
    for (int r = rows; r < padded(rows, ROW_STEP); r++) {
      Arrays.fill(factors, factors(r), factors(r) + padded, 0);
    }
    for (int r = 0; r < rows; r += ROW_STEP) {
      for (int d = 0; d < padded; d += COLUMN_STEP) {
        multiplyAdd(
            factors,
            factors(r) + d,
            columns[d],
            columns[d + 1],
            columns[d + 2],
            columns[d + 3],
            sums[r],
            sums[r + 1],
            lanes);
      }
    }
  }

  private static int padded(int n, int step) {
    return (n + step - 1) / step * step;
  }

  /** Four columns, times their factors, added to two rows. */
  private static void multiplyAdd(
      float[] f,
      int from,
      float[] c0,
      float[] c1,
      float[] c2,
      float[] c3,
      float[] s0,
      float[] s1,
      int lanes) {
    float f00 = f[from];
    float f01 = f[from + 1];
    float f02 = f[from + 2];
    float f03 = f[from + 3];
    float f10 = f[from + DEPTH];
    float f11 = f[from + DEPTH + 1];
    float f12 = f[from + DEPTH + 2];
    float f13 = f[from + DEPTH + 3];
    for (int i = 0; i < lanes; i++) {
      float a = c0[i];
      float b = c1[i];
      float c = c2[i];
      float d = c3[i];
      s0[i] = s0[i] + f00 * a + f01 * b + f02 * c + f03 * d;
      s1[i] = s1[i] + f10 * a + f11 * b + f12 * c + f13 * d;
    }
  }

  /**
   * Blocks for as many threads as compute at the same time. They are kept, so that a call that
   * finds a free one allocates nothing.
   */
  static final class Pool {
    private static final int MAX_KEPT = 256;

    private final AtomicReferenceArray<Block> free = new AtomicReferenceArray<>(MAX_KEPT);

    /** Returns a block that no other thread uses, with any content. */
    Block take() {
      for (int i = 0; i < MAX_KEPT; i++) {
        var block = free.get(i);
        if (block != null && free.compareAndSet(i, block, null)) {
          return block;
        }
      }
      return new Block();
    }

    /** Gives a block back. */
    void give(Block block) {
      for (int i = 0; i < MAX_KEPT; i++) {
        if (free.get(i) == null && free.compareAndSet(i, null, block)) {
          return;
        }
      }
    }
  }
}
