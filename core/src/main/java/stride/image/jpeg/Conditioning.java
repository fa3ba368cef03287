package stride.image.jpeg;

import java.util.Arrays;
import stride.format.FormatException;

/**
 * How arithmetic coding tells small differences and coefficients from large ones (T.81, F.1.4.4),
 * by the number of a table.
 */
final class Conditioning {
  /** How many tables there are of either kind. */
  static final int TABLES = 16;

  private final int[] small = new int[TABLES];
  private final int[] large = new int[TABLES];
  private final int[] low = new int[TABLES];

  Conditioning() {
    Arrays.fill(large, 1);
    Arrays.fill(low, 5);
  }

  /** Sets what a DAC segment says of a table: those of DC coefficients come first. */
  void set(int table, int value) throws FormatException {
    if (table >= 2 * TABLES) {
      throw JpegPicture.damaged("arithmetic coding has no table " + table);
    }
    if (table >= TABLES) {
      low[table - TABLES] = value;
      return;
    }
    small[table] = value & 15;
    large[table] = value >> 4;
    if (small[table] > large[table]) {
      throw JpegPicture.damaged(
          "arithmetic coding takes differences up to %d for small and from %d for large"
              .formatted(small[table], large[table]));
    }
  }

  /** A DC difference below this counts as none. */
  int small(int table) {
    return (1 << small[table]) >> 1;
  }

  /** A DC difference above this counts as large. */
  int large(int table) {
    return (1 << large[table]) >> 1;
  }

  /** Returns the last AC coefficient that counts as of a low frequency. */
  int low(int table) {
    return low[table];
  }
}
