package stride.image.jpeg;

import java.util.Arrays;
import java.util.Objects;

/**
 * The places of the coefficients of the blocks of an MCU, which are decoded together: block b
 * begins at {@code at[b]} of {@code rows[b]}, row by row.
 */
final class Mcu {
  /** The most blocks of an MCU (T.81, B.2.3). */
  static final int MAX_BLOCKS = 10;

  private static final int[] ONES = new int[64];

  static {
    Arrays.fill(ONES, 1);
  }

  final int blocks;

  /** For each block, the index of its component in the scan. */
  final int[] part = new int[MAX_BLOCKS];

  final short[][] rows = new short[MAX_BLOCKS][];
  final int[] at = new int[MAX_BLOCKS];

  /** For each block, the factors of its coefficients, applied when they are decoded. */
  final int[][] factors = new int[MAX_BLOCKS][];

  /** For each block, the bits of all places with a coefficient other than 0. */
  final int[] used = new int[MAX_BLOCKS];

  /** For each block, an upper bound of the sum of its coefficients' sizes. */
  final int[] sum = new int[MAX_BLOCKS];

  private Mcu(Scan scan, boolean multiplied) {
    blocks = scan.blocks();
    int b = 0;
    for (int i = 0; i < scan.parts().size(); i++) {
      var component = scan.parts().get(i).component();
      int count = scan.parts().size() == 1 ? 1 : component.across * component.down;
      for (int n = 0; n < count; n++, b++) {
        part[b] = i;
        factors[b] = multiplied ? Objects.requireNonNull(component.quantization) : ONES;
      }
    }
  }

  /** Makes a place for coefficients as they are stored, which further scans may change. */
  static Mcu raw(Scan scan) {
    return new Mcu(scan, false);
  }

  /** Makes a place for multiplied coefficients in a new array, all of them 0 at first. */
  static Mcu multiplied(Scan scan) {
    var mcu = new Mcu(scan, true);
    var block = new short[64 * mcu.blocks];
    for (int b = 0; b < mcu.blocks; b++) {
      mcu.rows[b] = block;
      mcu.at[b] = 64 * b;
    }
    return mcu;
  }

  /** Sets a coefficient at a place of a block, 0 to 63. */
  void set(int b, int place, int value) {
    short multiplied = (short) (value * factors[b][place]);
    rows[b][at[b] + place] = multiplied;
    used[b] |= place;
    sum[b] += Math.abs(multiplied);
  }

  /** Sets all coefficients of a block to 0. */
  void clear(int b) {
    if (used[b] > 0) {
      Arrays.fill(rows[b], at[b], at[b] + 64, (short) 0);
    }
    rows[b][at[b]] = 0;
    used[b] = 0;
    sum[b] = 0;
  }
}
