package stride.codecs.vp8;

/**
 * Converts luma and chroma of half the size to red, green and blue: libwebp's "fancy" up-sampling,
 * which weights the four nearest chroma samples with 9, 3, 3 and 1, and ITU-R BT.601's formula for
 * luma of 16 to 235 in libwebp's 14-bit fixed point.
 */
final class ColourConversion {
  private final Plane luma;
  private final Plane blue;
  private final Plane red;
  private final int width;
  private final int height;

  /**
   * Of both chromas, blue in the lower half of each number: three times the nearer row and once the
   * farther one.
   */
  private final int[] blended;

  ColourConversion(Plane luma, Plane blue, Plane red, int width, int height) {
    this.luma = luma;
    this.blue = blue;
    this.red = red;
    this.width = width;
    this.height = height;
    blended = new int[(width + 1) / 2];
  }

  /**
   * Converts a row. The chroma row on its other side must have been decoded too.
   *
   * @param step from a pixel to the next one in {@code out}
   */
  void row(int y, byte[] out, int at, int step) {
    int near = y / 2;
    int far = Math.clamp(near + ((y & 1) == 0 ? -1 : 1), 0, (height - 1) / 2);
    blend(blue.samples(), red.samples(), blue.at(0, near), blue.at(0, far), blended);
    pixels(luma.samples(), luma.at(0, y), blended, width, out, at, step);
  }

  private static void blend(byte[] blue, byte[] red, int near, int far, int[] out) {
    for (int x = 0; x < out.length; x++) {
      int u = 3 * (blue[near + x] & 0xFF) + (blue[far + x] & 0xFF);
      int v = 3 * (red[near + x] & 0xFF) + (red[far + x] & 0xFF);
      out[x] = v << 16 | u;
    }
  }

  private static void pixels(
      byte[] luma, int lumaAt, int[] chroma, int width, byte[] out, int at, int step) {
    int last = chroma[0];
    pixel(luma[lumaAt], 4 * last, out, at);
    // There are two pixels between two chroma samples, each nearer to one of them.
    int pairs = (width - 1) / 2;
    int to = at + step;
    for (int i = 0; i < pairs; i++, to += 2 * step) {
      int next = chroma[i + 1];
      int sum = last + next;
      pixel(luma[lumaAt + 2 * i + 1], sum + 2 * last, out, to);
      pixel(luma[lumaAt + 2 * i + 2], sum + 2 * next, out, to + step);
      last = next;
    }
    if (width % 2 == 0) {
      pixel(luma[lumaAt + width - 1], 4 * last, out, to);
    }
  }

  /** Converts a pixel with chromas in 16ths. */
  private static void pixel(byte luma, int chroma, byte[] out, int at) {
    int rounded = chroma + 0x00080008;
    int u = rounded >> 4 & 0xFF;
    int v = rounded >> 20;
    int y = (luma & 0xFF) * 19077 >> 8;
    out[at] = clip(y + (v * 26149 >> 8) - 14234);
    out[at + 1] = clip(y - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
    out[at + 2] = clip(y + (u * 33050 >> 8) - 17685);
  }

  /** Returns the nearest byte to a value in 64ths. */
  private static byte clip(int value) {
    return Plane.clip(value >> 6);
  }
}
