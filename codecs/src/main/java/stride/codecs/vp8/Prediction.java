package stride.codecs.vp8;

import java.util.Arrays;

/** Predicts blocks from the samples above and on the left (RFC 6386, section 12). */
final class Prediction {
  private Prediction() {}

  /**
   * Predicts a macroblock's luma or one of its chromas.
   *
   * @param at the block's first sample
   * @param size 16 or 8
   * @param hasAbove whether there is a macroblock above; the margin does not count for means
   * @param hasLeft whether there is one on the left
   */
  static void whole(
      int mode, byte[] p, int at, int stride, int size, boolean hasAbove, boolean hasLeft) {
    switch (mode) {
      case Macroblock.DC -> {
        byte mean = mean(p, at, stride, size, hasAbove, hasLeft);
        for (int y = 0, row = at; y < size; y++, row += stride) {
          Arrays.fill(p, row, row + size, mean);
        }
      }
      case Macroblock.TRUE_MOTION -> trueMotion(p, at, stride, size);
      case Macroblock.VERTICAL -> {
        for (int y = 0; y < size; y++) {
          System.arraycopy(p, at - stride, p, at + y * stride, size);
        }
      }
      case Macroblock.HORIZONTAL -> {
        for (int y = 0, row = at; y < size; y++, row += stride) {
          Arrays.fill(p, row, row + size, p[row - 1]);
        }
      }
      default -> throw new IllegalArgumentException("mode " + mode);
    }
  }

  private static byte mean(
      byte[] p, int at, int stride, int size, boolean hasAbove, boolean hasLeft) {
    if (!hasAbove && !hasLeft) {
      return (byte) 128;
    }
    int sum = 0;
    int count = 0;
    if (hasAbove) {
      for (int i = 0; i < size; i++) {
        sum += p[at - stride + i] & 0xFF;
      }
      count += size;
    }
    if (hasLeft) {
      for (int i = 0; i < size; i++) {
        sum += p[at - 1 + i * stride] & 0xFF;
      }
      count += size;
    }
    return (byte) ((sum + count / 2) / count);
  }

  /** Predicts the samples above plus the change down the left side. */
  private static void trueMotion(byte[] p, int at, int stride, int size) {
    int corner = p[at - stride - 1] & 0xFF;
    for (int y = 0, row = at; y < size; y++, row += stride) {
      int change = (p[row - 1] & 0xFF) - corner;
      for (int x = 0; x < size; x++) {
        p[row + x] = Plane.clip((p[at - stride + x] & 0xFF) + change);
      }
    }
  }

  /**
   * Predicts a 4x4 block.
   *
   * @param at the block's first sample
   * @param aboveRight the first of the four samples above and on the right
   */
  static void small(int mode, byte[] p, int at, int stride, int aboveRight) {
    int above = at - stride;
    // The samples around the block: from the lower left upwards, the corner, then to the right.
    int l = p[at - 1 + 3 * stride] & 0xFF;
    int k = p[at - 1 + 2 * stride] & 0xFF;
    int j = p[at - 1 + stride] & 0xFF;
    int i = p[at - 1] & 0xFF;
    int x = p[above - 1] & 0xFF;
    int a = p[above] & 0xFF;
    int b = p[above + 1] & 0xFF;
    int c = p[above + 2] & 0xFF;
    int d = p[above + 3] & 0xFF;
    switch (mode) {
      case Macroblock.DC -> {
        byte mean = (byte) (a + b + c + d + i + j + k + l + 4 >> 3);
        for (int y = 0, row = at; y < 4; y++, row += stride) {
          row(p, row, mean, mean, mean, mean);
        }
      }
      case Macroblock.TRUE_MOTION -> trueMotion(p, at, stride, 4);
      case Macroblock.VERTICAL -> {
        int e = p[aboveRight] & 0xFF;
        byte first = mean(x, a, b);
        byte second = mean(a, b, c);
        byte third = mean(b, c, d);
        byte fourth = mean(c, d, e);
        for (int y = 0, row = at; y < 4; y++, row += stride) {
          row(p, row, first, second, third, fourth);
        }
      }
      case Macroblock.HORIZONTAL -> {
        byte first = mean(x, i, j);
        byte second = mean(i, j, k);
        byte third = mean(j, k, l);
        byte fourth = mean(k, l, l);
        row(p, at, first, first, first, first);
        row(p, at + stride, second, second, second, second);
        row(p, at + 2 * stride, third, third, third, third);
        row(p, at + 3 * stride, fourth, fourth, fourth, fourth);
      }
      case Macroblock.DOWN_LEFT -> {
        int e = p[aboveRight] & 0xFF;
        int f = p[aboveRight + 1] & 0xFF;
        int g = p[aboveRight + 2] & 0xFF;
        int h = p[aboveRight + 3] & 0xFF;
        byte m2 = mean(b, c, d);
        byte m3 = mean(c, d, e);
        byte m4 = mean(d, e, f);
        byte m5 = mean(e, f, g);
        row(p, at, mean(a, b, c), m2, m3, m4);
        row(p, at + stride, m2, m3, m4, m5);
        byte m6 = mean(f, g, h);
        row(p, at + 2 * stride, m3, m4, m5, m6);
        row(p, at + 3 * stride, m4, m5, m6, mean(g, h, h));
      }
      case Macroblock.DOWN_RIGHT -> {
        byte m2 = mean(i, j, k);
        byte m3 = mean(x, i, j);
        byte m4 = mean(a, x, i);
        byte m5 = mean(b, a, x);
        byte m6 = mean(c, b, a);
        row(p, at, m4, m5, m6, mean(d, c, b));
        row(p, at + stride, m3, m4, m5, m6);
        row(p, at + 2 * stride, m2, m3, m4, m5);
        row(p, at + 3 * stride, mean(j, k, l), m2, m3, m4);
      }
      case Macroblock.VERTICAL_RIGHT -> {
        byte xa = mean(x, a);
        byte ab = mean(a, b);
        byte bc = mean(b, c);
        byte ixa = mean(i, x, a);
        byte xab = mean(x, a, b);
        byte abc = mean(a, b, c);
        row(p, at, xa, ab, bc, mean(c, d));
        row(p, at + stride, ixa, xab, abc, mean(b, c, d));
        row(p, at + 2 * stride, mean(j, i, x), xa, ab, bc);
        row(p, at + 3 * stride, mean(k, j, i), ixa, xab, abc);
      }
      case Macroblock.VERTICAL_LEFT -> {
        int e = p[aboveRight] & 0xFF;
        int f = p[aboveRight + 1] & 0xFF;
        int g = p[aboveRight + 2] & 0xFF;
        int h = p[aboveRight + 3] & 0xFF;
        byte bc = mean(b, c);
        byte cd = mean(c, d);
        byte de = mean(d, e);
        byte bcd = mean(b, c, d);
        byte cde = mean(c, d, e);
        byte def = mean(d, e, f);
        row(p, at, mean(a, b), bc, cd, de);
        row(p, at + stride, mean(a, b, c), bcd, cde, def);
        // The last column breaks the pattern.
        row(p, at + 2 * stride, bc, cd, de, mean(e, f, g));
        row(p, at + 3 * stride, bcd, cde, def, mean(f, g, h));
      }
      case Macroblock.HORIZONTAL_DOWN -> {
        byte ix = mean(i, x);
        byte ji = mean(j, i);
        byte kj = mean(k, j);
        byte ixa = mean(i, x, a);
        byte jix = mean(j, i, x);
        byte kji = mean(k, j, i);
        row(p, at, ix, ixa, mean(x, a, b), mean(a, b, c));
        row(p, at + stride, ji, jix, ix, ixa);
        row(p, at + 2 * stride, kj, kji, ji, jix);
        row(p, at + 3 * stride, mean(l, k), mean(l, k, j), kj, kji);
      }
      case Macroblock.HORIZONTAL_UP -> {
        byte jk = mean(j, k);
        byte kl = mean(k, l);
        byte jkl = mean(j, k, l);
        byte kll = mean(k, l, l);
        byte last = (byte) l;
        row(p, at, mean(i, j), mean(i, j, k), jk, jkl);
        row(p, at + stride, jk, jkl, kl, kll);
        row(p, at + 2 * stride, kl, kll, last, last);
        row(p, at + 3 * stride, last, last, last, last);
      }
      default -> throw new IllegalArgumentException("mode " + mode);
    }
  }

  private static void row(byte[] p, int at, byte first, byte second, byte third, byte fourth) {
    p[at] = first;
    p[at + 1] = second;
    p[at + 2] = third;
    p[at + 3] = fourth;
  }

  private static byte mean(int a, int b) {
    return (byte) (a + b + 1 >> 1);
  }

  /** Returns the mean of three samples, with twice the weight in the middle. */
  private static byte mean(int a, int b, int c) {
    return (byte) (a + 2 * b + c + 2 >> 2);
  }
}
