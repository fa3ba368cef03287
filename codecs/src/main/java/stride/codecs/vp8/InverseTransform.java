package stride.codecs.vp8;

/**
 * Converts coefficients to the differences from a prediction (RFC 6386, section 14). As in libwebp
 * on processors with vectors, sums wrap at 16 bits, which only damaged pictures reach.
 */
final class InverseTransform {
  /** sqrt(2) cos(pi / 8) - 1 and sqrt(2) sin(pi / 8), in 65536ths. */
  private static final int COSINE_LESS_1 = 20091;

  private static final int SINE = 35468;

  private InverseTransform() {}

  /** Undoes the transform of the luma blocks' first coefficients, and puts each into its block. */
  static void walshHadamard(short[] in, short[] coefficients) {
    var columns = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[i] + in[12 + i];
      int b = in[4 + i] + in[8 + i];
      int c = in[4 + i] - in[8 + i];
      int d = in[i] - in[12 + i];
      columns[i] = a + b;
      columns[4 + i] = d + c;
      columns[8 + i] = a - b;
      columns[12 + i] = d - c;
    }
    for (int i = 0; i < 4; i++) {
      int first = columns[4 * i] + 3;
      int a = first + columns[4 * i + 3];
      int b = columns[4 * i + 1] + columns[4 * i + 2];
      int c = columns[4 * i + 1] - columns[4 * i + 2];
      int d = first - columns[4 * i + 3];
      int out = 64 * i;
      coefficients[out] = (short) (a + b >> 3);
      coefficients[out + 16] = (short) (d + c >> 3);
      coefficients[out + 32] = (short) (a - b >> 3);
      coefficients[out + 48] = (short) (d - c >> 3);
    }
  }

  /** Adds a block's inverse DCT to its prediction, and overwrites its coefficients. */
  static void addAll(short[] c, int at, byte[] out, int to, int stride) {
    for (int i = at; i < at + 4; i++) {
      int a = c[i] + c[i + 8];
      int b = c[i] - c[i + 8];
      int minus = sine(c[i + 4]) - cosine(c[i + 12]);
      int plus = cosine(c[i + 4]) + sine(c[i + 12]);
      c[i] = (short) (a + plus);
      c[i + 4] = (short) (b + minus);
      c[i + 8] = (short) (b - minus);
      c[i + 12] = (short) (a - plus);
    }
    for (int row = 0, i = at, o = to; row < 4; row++, i += 4, o += stride) {
      int a = c[i] + 4 + c[i + 2];
      int b = c[i] + 4 - c[i + 2];
      int minus = sine(c[i + 1]) - cosine(c[i + 3]);
      int plus = cosine(c[i + 1]) + sine(c[i + 3]);
      add(out, o, (short) (a + plus) >> 3);
      add(out, o + 1, (short) (b + minus) >> 3);
      add(out, o + 2, (short) (b - minus) >> 3);
      add(out, o + 3, (short) (a - plus) >> 3);
    }
  }

  /** Adds the inverse DCT of a block that has only the first three coefficients in zigzag order. */
  static void addThree(short[] c, int at, byte[] out, int to, int stride) {
    int first = c[at] + 4;
    int acrossNear = sine(c[at + 1]);
    int acrossFar = cosine(c[at + 1]);
    int downNear = sine(c[at + 4]);
    int downFar = cosine(c[at + 4]);
    addRow(out, to, first + downFar, acrossNear, acrossFar);
    addRow(out, to + stride, first + downNear, acrossNear, acrossFar);
    addRow(out, to + 2 * stride, first - downNear, acrossNear, acrossFar);
    addRow(out, to + 3 * stride, first - downFar, acrossNear, acrossFar);
  }

  private static void addRow(byte[] out, int to, int middle, int near, int far) {
    add(out, to, middle + far >> 3);
    add(out, to + 1, middle + near >> 3);
    add(out, to + 2, middle - near >> 3);
    add(out, to + 3, middle - far >> 3);
  }

  /** Adds the inverse DCT of a block that has only its first coefficient. */
  static void addDc(short[] c, int at, byte[] out, int to, int stride) {
    int value = c[at] + 4 >> 3;
    for (int row = 0, o = to; row < 4; row++, o += stride) {
      add(out, o, value);
      add(out, o + 1, value);
      add(out, o + 2, value);
      add(out, o + 3, value);
    }
  }

  private static int cosine(int value) {
    return value + (value * COSINE_LESS_1 >> 16);
  }

  private static int sine(int value) {
    return value * SINE >> 16;
  }

  private static void add(byte[] out, int at, int value) {
    out[at] = Plane.clip((out[at] & 0xFF) + value);
  }
}
