package stride.image.jpeg;

import java.util.Arrays;

/**
 * The inverse DCT of Loeffler, Ligtenberg and Moschytz (1989) in 13-bit fixed point, with the
 * results of libjpeg-turbo's {@code jsimd_idct_islow} in every bit. For damaged data this includes
 * its 16-bit registers: sums of two are cut off, the results of the columns are limited.
 *
 * <p>Not thread-safe.
 */
final class InverseDct {
  private static final int BITS = 13;

  /** The number of fractional bits of the columns' results. */
  private static final int MIDDLE_BITS = 2;

  private static final int COLUMN_SHIFT = BITS - MIDDLE_BITS;
  private static final int COLUMN_HALF = 1 << COLUMN_SHIFT - 1;

  /** The samples are 8 times too large. */
  private static final int ROW_SHIFT = BITS + MIDDLE_BITS + 3;

  private static final int ROW_HALF = 1 << ROW_SHIFT - 1;

  private static final int F_0_298 = 2446;
  private static final int F_0_390 = 3196;
  private static final int F_0_541 = 4433;
  private static final int F_0_765 = 6270;
  private static final int F_0_899 = 7373;
  private static final int F_1_175 = 9633;
  private static final int F_1_501 = 12299;
  private static final int F_1_847 = 15137;
  private static final int F_1_961 = 16069;
  private static final int F_2_053 = 16819;
  private static final int F_2_562 = 20995;
  private static final int F_3_072 = 25172;

  /**
   * The largest sum of the coefficients' sizes for which the columns' results fit into 16 bits:
   * each one counts at most 4 * 1.39 times.
   */
  private static final int LIMIT = 5_800;

  /** The bits of places in the lower half, and in the right one. */
  private static final int LOWER = 32;

  private static final int RIGHT = 4;

  /** Samples within the range of a byte, for any number of 32 - {@link #ROW_SHIFT} bits. */
  private static final byte[] LIMITED = limited();

  private final short[] multiplied = new short[64];
  private final int[] columns = new int[64];

  private static byte[] limited() {
    var limited = new byte[1 << 32 - ROW_SHIFT];
    Arrays.fill(limited, 0, limited.length / 2, Byte.MAX_VALUE);
    Arrays.fill(limited, limited.length / 2, limited.length, Byte.MIN_VALUE);
    for (int i = 0; i < 128; i++) {
      limited[i] = (byte) i;
      limited[limited.length - 1 - i] = (byte) ~i;
    }
    return limited;
  }

  /**
   * Transforms a block.
   *
   * @param block the coefficients, row by row from {@code begin} on
   * @param used the bits of all places, 0 to 63, with a coefficient other than 0
   * @param sum of the coefficients' sizes, or more
   * @param into the samples less 128: 8 rows of 8 from {@code at} on, {@code stride} apart
   */
  void transform(short[] block, int begin, int used, int sum, byte[] into, int at, int stride) {
    if (used == 0) {
      fill(block[begin], into, at, stride);
      return;
    }
    boolean narrow = (used & RIGHT) == 0;
    if ((used & LOWER) == 0) {
      shortColumns(block, begin, narrow ? 4 : 8);
    } else {
      longColumns(block, begin, narrow ? 4 : 8);
    }
    if (sum > LIMIT) {
      limitColumns(used < 8);
    }
    if (narrow) {
      shortRows(into, at, stride);
    } else {
      longRows(into, at, stride);
    }
  }

  /** Multiplies the coefficients of a block, and transforms them. */
  void transform(short[] block, int begin, int[] quantization, byte[] into, int at, int stride) {
    int used = 0;
    int sum = 0;
    for (int i = 0; i < 64; i++) {
      int coefficient = block[begin + i];
      if (coefficient == 0) {
        multiplied[i] = 0;
      } else {
        multiplied[i] = (short) (coefficient * quantization[i]);
        used |= i;
        sum += Math.abs(multiplied[i]);
      }
    }
    transform(multiplied, 0, used, sum, into, at, stride);
  }

  /** Transforms a block in which only the first coefficient is not 0. */
  private static void fill(int first, byte[] into, int at, int stride) {
    int value = (short) (first << MIDDLE_BITS);
    byte sample = LIMITED[(value << BITS) + ROW_HALF >>> ROW_SHIFT];
    for (int y = 0; y < 8; y++) {
      int row = at + y * stride;
      for (int x = row; x < row + 8; x++) {
        into[x] = sample;
      }
    }
  }

  private void longColumns(short[] block, int begin, int width) {
    int[] into = columns;
    for (int x = 0; x < width; x++) {
      int at = begin + x;
      int d0 = block[at];
      int d1 = block[at + 8];
      int d2 = block[at + 16];
      int d3 = block[at + 24];
      int d4 = block[at + 32];
      int d5 = block[at + 40];
      int d6 = block[at + 48];
      int d7 = block[at + 56];
      if ((d1 | d2 | d3 | d4 | d5 | d6 | d7) == 0) {
        fillColumn(x, d0);
        continue;
      }
      int z1 = (d2 + d6) * F_0_541;
      int t2 = z1 - d6 * F_1_847;
      int t3 = z1 + d2 * F_0_765;
      int t0 = ((short) (d0 + d4) << BITS) + COLUMN_HALF;
      int t1 = ((short) (d0 - d4) << BITS) + COLUMN_HALF;
      int e0 = t0 + t3;
      int e3 = t0 - t3;
      int e1 = t1 + t2;
      int e2 = t1 - t2;

      int z3 = (short) (d7 + d3);
      int z4 = (short) (d5 + d1);
      int z5 = (z3 + z4) * F_1_175;
      z3 = z5 - z3 * F_1_961;
      z4 = z5 - z4 * F_0_390;
      z1 = (d7 + d1) * -F_0_899;
      int z2 = (d5 + d3) * -F_2_562;
      int o0 = d7 * F_0_298 + z1 + z3;
      int o1 = d5 * F_2_053 + z2 + z4;
      int o2 = d3 * F_3_072 + z2 + z3;
      int o3 = d1 * F_1_501 + z1 + z4;

      into[x] = e0 + o3 >> COLUMN_SHIFT;
      into[x + 8] = e1 + o2 >> COLUMN_SHIFT;
      into[x + 16] = e2 + o1 >> COLUMN_SHIFT;
      into[x + 24] = e3 + o0 >> COLUMN_SHIFT;
      into[x + 32] = e3 - o0 >> COLUMN_SHIFT;
      into[x + 40] = e2 - o1 >> COLUMN_SHIFT;
      into[x + 48] = e1 - o2 >> COLUMN_SHIFT;
      into[x + 56] = e0 - o3 >> COLUMN_SHIFT;
    }
  }

  /** Transforms a block whose lower half is 0. */
  private void shortColumns(short[] block, int begin, int width) {
    int[] into = columns;
    for (int x = 0; x < width; x++) {
      int at = begin + x;
      int d0 = block[at];
      int d1 = block[at + 8];
      int d2 = block[at + 16];
      int d3 = block[at + 24];
      if ((d1 | d2 | d3) == 0) {
        fillColumn(x, d0);
        continue;
      }
      int t0 = (d0 << BITS) + COLUMN_HALF;
      int t2 = d2 * F_0_541;
      int t3 = d2 * (F_0_541 + F_0_765);
      int e0 = t0 + t3;
      int e3 = t0 - t3;
      int e1 = t0 + t2;
      int e2 = t0 - t2;

      int z5 = (d3 + d1) * F_1_175;
      int z3 = z5 - d3 * F_1_961;
      int z4 = z5 - d1 * F_0_390;
      int z1 = d1 * -F_0_899;
      int z2 = d3 * -F_2_562;
      int o0 = z1 + z3;
      int o1 = z2 + z4;
      int o2 = d3 * F_3_072 + z2 + z3;
      int o3 = d1 * F_1_501 + z1 + z4;

      into[x] = e0 + o3 >> COLUMN_SHIFT;
      into[x + 8] = e1 + o2 >> COLUMN_SHIFT;
      into[x + 16] = e2 + o1 >> COLUMN_SHIFT;
      into[x + 24] = e3 + o0 >> COLUMN_SHIFT;
      into[x + 32] = e3 - o0 >> COLUMN_SHIFT;
      into[x + 40] = e2 - o1 >> COLUMN_SHIFT;
      into[x + 48] = e1 - o2 >> COLUMN_SHIFT;
      into[x + 56] = e0 - o3 >> COLUMN_SHIFT;
    }
  }

  /** Transforms a column in which only the first coefficient is not 0. */
  private void fillColumn(int x, int first) {
    int[] into = columns;
    int value = first << MIDDLE_BITS;
    into[x] = value;
    into[x + 8] = value;
    into[x + 16] = value;
    into[x + 24] = value;
    into[x + 32] = value;
    into[x + 40] = value;
    into[x + 48] = value;
    into[x + 56] = value;
  }

  /**
   * Limits the columns' results to 16 bits.
   *
   * @param cut whether bits are cut off, as libjpeg-turbo does if all rows below the first are 0
   */
  private void limitColumns(boolean cut) {
    for (int i = 0; i < 64; i++) {
      columns[i] =
          cut
              ? (short) columns[i]
              : Math.min(Math.max(columns[i], Short.MIN_VALUE), Short.MAX_VALUE);
    }
  }

  private void longRows(byte[] into, int begin, int stride) {
    int[] from = columns;
    int at = begin;
    for (int y = 0; y < 64; y += 8) {
      int d0 = from[y];
      int d1 = from[y + 1];
      int d2 = from[y + 2];
      int d3 = from[y + 3];
      int d4 = from[y + 4];
      int d5 = from[y + 5];
      int d6 = from[y + 6];
      int d7 = from[y + 7];
      int z1 = (d2 + d6) * F_0_541;
      int t2 = z1 - d6 * F_1_847;
      int t3 = z1 + d2 * F_0_765;
      int t0 = ((short) (d0 + d4) << BITS) + ROW_HALF;
      int t1 = ((short) (d0 - d4) << BITS) + ROW_HALF;
      int e0 = t0 + t3;
      int e3 = t0 - t3;
      int e1 = t1 + t2;
      int e2 = t1 - t2;

      int z3 = (short) (d7 + d3);
      int z4 = (short) (d5 + d1);
      int z5 = (z3 + z4) * F_1_175;
      z3 = z5 - z3 * F_1_961;
      z4 = z5 - z4 * F_0_390;
      z1 = (d7 + d1) * -F_0_899;
      int z2 = (d5 + d3) * -F_2_562;
      int o0 = d7 * F_0_298 + z1 + z3;
      int o1 = d5 * F_2_053 + z2 + z4;
      int o2 = d3 * F_3_072 + z2 + z3;
      int o3 = d1 * F_1_501 + z1 + z4;

      into[at] = LIMITED[e0 + o3 >>> ROW_SHIFT];
      into[at + 1] = LIMITED[e1 + o2 >>> ROW_SHIFT];
      into[at + 2] = LIMITED[e2 + o1 >>> ROW_SHIFT];
      into[at + 3] = LIMITED[e3 + o0 >>> ROW_SHIFT];
      into[at + 4] = LIMITED[e3 - o0 >>> ROW_SHIFT];
      into[at + 5] = LIMITED[e2 - o1 >>> ROW_SHIFT];
      into[at + 6] = LIMITED[e1 - o2 >>> ROW_SHIFT];
      into[at + 7] = LIMITED[e0 - o3 >>> ROW_SHIFT];
      at += stride;
    }
  }

  /** Transforms rows whose right half is 0. */
  private void shortRows(byte[] into, int begin, int stride) {
    int[] from = columns;
    int at = begin;
    for (int y = 0; y < 64; y += 8) {
      int d0 = from[y];
      int d1 = from[y + 1];
      int d2 = from[y + 2];
      int d3 = from[y + 3];
      int t0 = (d0 << BITS) + ROW_HALF;
      int t2 = d2 * F_0_541;
      int t3 = d2 * (F_0_541 + F_0_765);
      int e0 = t0 + t3;
      int e3 = t0 - t3;
      int e1 = t0 + t2;
      int e2 = t0 - t2;

      int z5 = (d3 + d1) * F_1_175;
      int z3 = z5 - d3 * F_1_961;
      int z4 = z5 - d1 * F_0_390;
      int z1 = d1 * -F_0_899;
      int z2 = d3 * -F_2_562;
      int o0 = z1 + z3;
      int o1 = z2 + z4;
      int o2 = d3 * F_3_072 + z2 + z3;
      int o3 = d1 * F_1_501 + z1 + z4;

      into[at] = LIMITED[e0 + o3 >>> ROW_SHIFT];
      into[at + 1] = LIMITED[e1 + o2 >>> ROW_SHIFT];
      into[at + 2] = LIMITED[e2 + o1 >>> ROW_SHIFT];
      into[at + 3] = LIMITED[e3 + o0 >>> ROW_SHIFT];
      into[at + 4] = LIMITED[e3 - o0 >>> ROW_SHIFT];
      into[at + 5] = LIMITED[e2 - o1 >>> ROW_SHIFT];
      into[at + 6] = LIMITED[e1 - o2 >>> ROW_SHIFT];
      into[at + 7] = LIMITED[e0 - o3 >>> ROW_SHIFT];
      at += stride;
    }
  }
}
