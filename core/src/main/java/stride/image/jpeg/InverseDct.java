package stride.image.jpeg;

/**
 * The inverse DCT of Loeffler, Ligtenberg and Moschytz (1989) in 13-bit fixed point, with the
 * results of libjpeg-turbo's {@code jsimd_idct_islow} in every bit. With damaged data that goes as
 * far as its 16-bit registers: products and sums are cut off, results are limited.
 *
 * <p>Not thread-safe.
 */
final class InverseDct {
  private static final int BITS = 13;

  /** How many bits the first pass leaves behind the point. */
  private static final int LEFT_BITS = 2;

  private static final int FIRST_SHIFT = BITS - LEFT_BITS;
  private static final int FIRST_HALF = 1 << FIRST_SHIFT - 1;

  /** The samples come out times 8. */
  private static final int SECOND_SHIFT = BITS + LEFT_BITS + 3;

  private static final int SECOND_HALF = 1 << SECOND_SHIFT - 1;

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

  private final int[] columns = new int[64];

  /**
   * Transforms a block.
   *
   * @param block its coefficients, row by row from {@code begin} on
   * @param quantization what they are multiplied by
   * @param into the samples less 128, 8 rows of 8 from {@code at} on, {@code stride} apart
   */
  void transform(
      short[] block, int begin, int[] quantization, byte[] into, int at, int stride) {
    columns(block, begin, quantization);
    rows(into, at, stride);
  }

  /** The same for a block whose coefficients are all 0, except for the first. */
  static void fill(int first, int quantization, byte[] into, int at, int stride) {
    byte sample = limited((short) ((short) (first * quantization) << LEFT_BITS) + 16 >> 5);
    for (int y = 0; y < 8; y++) {
      int row = at + y * stride;
      for (int x = row; x < row + 8; x++) {
        into[x] = sample;
      }
    }
  }

  private void columns(short[] block, int begin, int[] quantization) {
    int[] into = columns;
    for (int x = 0; x < 8; x++) {
      int at = begin + x;
      int c1 = block[at + 8];
      int c2 = block[at + 16];
      int c3 = block[at + 24];
      int c4 = block[at + 32];
      int c5 = block[at + 40];
      int c6 = block[at + 48];
      int c7 = block[at + 56];
      int d0 = (short) (block[at] * quantization[x]);
      if ((c1 | c2 | c3 | c4 | c5 | c6 | c7) == 0) {
        int value = d0 << LEFT_BITS;
        if (value != (short) value) {
          value = isFlat(block, begin) ? (short) value : limited16(value);
        }
        for (int y = 0; y < 64; y += 8) {
          into[y + x] = value;
        }
        continue;
      }
      int d2 = (short) (c2 * quantization[x + 16]);
      int d4 = (short) (c4 * quantization[x + 32]);
      int d6 = (short) (c6 * quantization[x + 48]);
      int z1 = (d2 + d6) * F_0_541;
      int t2 = z1 - d6 * F_1_847;
      int t3 = z1 + d2 * F_0_765;
      int t0 = ((short) (d0 + d4) << BITS) + FIRST_HALF;
      int t1 = ((short) (d0 - d4) << BITS) + FIRST_HALF;
      int e0 = t0 + t3;
      int e3 = t0 - t3;
      int e1 = t1 + t2;
      int e2 = t1 - t2;

      int d1 = (short) (c1 * quantization[x + 8]);
      int d3 = (short) (c3 * quantization[x + 24]);
      int d5 = (short) (c5 * quantization[x + 40]);
      int d7 = (short) (c7 * quantization[x + 56]);
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

      into[x] = limited16(e0 + o3 >> FIRST_SHIFT);
      into[x + 56] = limited16(e0 - o3 >> FIRST_SHIFT);
      into[x + 8] = limited16(e1 + o2 >> FIRST_SHIFT);
      into[x + 48] = limited16(e1 - o2 >> FIRST_SHIFT);
      into[x + 16] = limited16(e2 + o1 >> FIRST_SHIFT);
      into[x + 40] = limited16(e2 - o1 >> FIRST_SHIFT);
      into[x + 24] = limited16(e3 + o0 >> FIRST_SHIFT);
      into[x + 32] = limited16(e3 - o0 >> FIRST_SHIFT);
    }
  }

  /** Whether there is nothing below the first row: libjpeg-turbo takes a shorter way then. */
  private static boolean isFlat(short[] block, int begin) {
    for (int i = begin + 8; i < begin + 64; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void rows(byte[] into, int at, int stride) {
    int[] from = columns;
    int to = at;
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
      int t0 = ((short) (d0 + d4) << BITS) + SECOND_HALF;
      int t1 = ((short) (d0 - d4) << BITS) + SECOND_HALF;
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

      into[to] = limited(e0 + o3 >> SECOND_SHIFT);
      into[to + 7] = limited(e0 - o3 >> SECOND_SHIFT);
      into[to + 1] = limited(e1 + o2 >> SECOND_SHIFT);
      into[to + 6] = limited(e1 - o2 >> SECOND_SHIFT);
      into[to + 2] = limited(e2 + o1 >> SECOND_SHIFT);
      into[to + 5] = limited(e2 - o1 >> SECOND_SHIFT);
      into[to + 3] = limited(e3 + o0 >> SECOND_SHIFT);
      into[to + 4] = limited(e3 - o0 >> SECOND_SHIFT);
      to += stride;
    }
  }

  private static int limited16(int value) {
    return Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
  }

  private static byte limited(int value) {
    return (byte) Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
  }
}
