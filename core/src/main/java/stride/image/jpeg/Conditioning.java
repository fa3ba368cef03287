package stride.image.jpeg;

import java.util.Arrays;
import stride.format.FormatException;

/**
 * The bounds between small and large differences and coefficients in arithmetic coding (T.81,
 * F.1.4.4), by the number of a table.
 */
final class Conditioning {
  /** The number of tables of either kind. */
  static final int TABLES = 16;

  private final int[] small = new int[TABLES];
  private final int[] large = new int[TABLES];
  private final int[] low = new int[TABLES];

  Conditioning() {
    Arrays.fill(large, 1);
    Arrays.fill(low, 5);
  }

  /** Sets a table from a DAC segment: the tables of DC coefficients come first. */
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

  /** Returns the last AC coefficient that counts as one of a low frequency. */
  int low(int table) {
    return low[table];
  }
}
