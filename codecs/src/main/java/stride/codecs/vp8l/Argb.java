package stride.codecs.vp8l;

/** Arithmetic on pixels 0xAARRGGBB, channel by channel. */
final class Argb {
  static final int OPAQUE_BLACK = 0xFF000000;

  private Argb() {}

  /** Sums modulo 256. */
  static int add(int a, int b) {
    return (a & 0xFF00FF00) + (b & 0xFF00FF00) & 0xFF00FF00
        | (a & 0x00FF00FF) + (b & 0x00FF00FF) & 0x00FF00FF;
  }

  /** Means, rounded down. */
  static int mean(int a, int b) {
    return (((a ^ b) & 0xFEFEFEFE) >>> 1) + (a & b);
  }

  /** a + b - c, within 0 to 255. */
  static int addAndSubtract(int a, int b, int c) {
    int result = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 8) {
      result |= clip((a >>> shift & 0xFF) + (b >>> shift & 0xFF) - (c >>> shift & 0xFF)) << shift;
    }
    return result;
  }

  /** a plus half of a - b, within 0 to 255. */
  static int addHalf(int a, int b) {
    int result = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += 8) {
      int channel = a >>> shift & 0xFF;
      result |= clip(channel + (channel - (b >>> shift & 0xFF)) / 2) << shift;
    }
    return result;
  }

  /** Returns the sum of the channels' distances. */
  static int distance(int a, int b) {
    return Math.abs((a >>> 24) - (b >>> 24))
        + Math.abs((a >> 16 & 0xFF) - (b >> 16 & 0xFF))
        + Math.abs((a >> 8 & 0xFF) - (b >> 8 & 0xFF))
        + Math.abs((a & 0xFF) - (b & 0xFF));
  }

  private static int clip(int value) {
    return (value & ~0xFF) == 0 ? value : value < 0 ? 0 : 255;
  }
}
