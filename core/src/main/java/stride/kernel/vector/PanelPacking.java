package stride.kernel.vector;

import java.util.Arrays;

/** Copies columns of a matrix of weights into the form of {@link Panels}. */
final class PanelPacking {
  private static final int L = Lanes.COUNT;

  /** The places of rows of one and of two vectors. */
  private static final int[][] ROWS = {steps(L, L), steps(2 * L, L)};

  private final int columnStep;

  /** The places of a panel's columns among the weights. */
  private final int[] columnStarts;

  /**
   * @param columnStep the floats from the weight of a column to the next one's
   */
  PanelPacking(int columnStep) {
    this.columnStep = columnStep;
    columnStarts = steps(columnStep, 2 * L);
  }

  private static int[] steps(int step, int n) {
    var steps = new int[n];
    Arrays.setAll(steps, i -> i * step);
    return steps;
  }

  /** Returns the place of a column in the weights of a row. */
  int place(int column) {
    return column * columnStep;
  }

  /**
   * Packs the rows [from, to), whole blocks of 16, of one or two vectors of columns, and zeros
   * where there is no row or column.
   *
   * @param w holds element (k, j) of the panel at {@code wo + rows[k] + place(j)}, and none where
   *     {@code rows[k]} is negative
   * @param po where row {@code from} begins in {@code packed}
   */
  void pack(
      float[] w,
      int wo,
      int[] rows,
      int from,
      int to,
      int columns,
      int vectors,
      float[] packed,
      int po) {
    int wide = vectors * L;
    if (columnStep != 1) {
      packColumns(w, wo, rows, from, to, columns, packed, po, wide);
      return;
    }
    for (int k = from, at = po; k < to; k++, at += wide) {
      if (rows[k] >= 0) {
        System.arraycopy(w, wo + rows[k], packed, at, columns);
        Arrays.fill(packed, at + columns, at + wide, 0);
      } else {
        Arrays.fill(packed, at, at + wide, 0);
      }
    }
  }

  /** Packs a block of rows at a time, so that its source and its target stay in the cache. */
  private void packColumns(
      float[] w,
      int wo,
      int[] rows,
      int from,
      int to,
      int columns,
      float[] packed,
      int po,
      int wide) {
    int[] places = ROWS[wide / L - 1];
    for (int k0 = from, block = po; k0 < to; k0 += 16, block += 16 * wide) {
      boolean run = rows[k0] >= 0 && Transposition.suits() && columns >= L;
      for (int k = k0 + 1; k < k0 + 16; k++) {
        run &= rows[k] == rows[k - 1] + 1;
      }
      Arrays.fill(packed, block, block + 16 * wide, 0);
      if (run) {
        for (int k = 0; k < 16; k += L) {
          for (int j = 0; j < columns; j += L) {
            int at = Math.min(j, columns - L);
            int target = block + k * wide + at;
            Transposition.block(w, wo + rows[k0 + k], columnStarts, at, packed, target, places, 0);
          }
        }
        continue;
      }
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < 16; k++) {
          if (rows[k0 + k] >= 0) {
            packed[block + k * wide + j] = w[wo + rows[k0 + k] + columnStarts[j]];
          }
        }
      }
    }
  }
}
