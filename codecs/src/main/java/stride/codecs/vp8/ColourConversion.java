package stride.codecs.vp8;

/**
 * From luma and chroma of half the size to red, green and blue: libwebp's "fancy" up-sampling, which
 * weights the four nearest chroma samples with 9, 3, 3 and 1, and ITU-R BT.601's formula for luma of
 * 16 to 235 in libwebp's 14-bit fixed point.
 */
final class ColourConversion {
  private final Plane luma;
  private final Plane[] chroma;
  private final int width;
  private final int height;

  /** Of each chroma: three times the nearer row and once the farther one. */
  private final int[][] blended;

  ColourConversion(Plane luma, Plane blue, Plane red, int width, int height) {
    this.luma = luma;
    chroma = new Plane[] {blue, red};
    this.width = width;
    this.height = height;
    blended = new int[2][(width + 1) / 2];
  }

  /** Converts a row. The chroma row on its other side must be there too. */
  void row(int y, byte[] rgb, int at) {
    int near = y / 2;
    int far = Math.clamp(near + ((y & 1) == 0 ? -1 : 1), 0, (height - 1) / 2);
    for (int c = 0; c < 2; c++) {
      blend(chroma[c], near, far, blended[c]);
    }
    pixels(luma.samples(), luma.at(0, y), blended[0], blended[1], rgb, at);
  }

  private static void blend(Plane plane, int near, int far, int[] out) {
    byte[] p = plane.samples();
    int nearAt = plane.at(0, near);
    int farAt = plane.at(0, far);
    for (int x = 0; x < out.length; x++) {
      out[x] = 3 * (p[nearAt + x] & 0xFF) + (p[farAt + x] & 0xFF);
    }
  }

  private void pixels(byte[] luma, int lumaAt, int[] blue, int[] red, byte[] rgb, int at) {
    int u = blue[0];
    int v = red[0];
    pixel(luma[lumaAt], 4 * u, 4 * v, rgb, at);
    int x = 1;
    int out = at + 3;
    // Between two chroma samples lie two pixels, each nearer to one of them.
    for (int i = 1; x + 1 < width; i++, x += 2, out += 6) {
      int nextU = blue[i];
      int nextV = red[i];
      pixel(luma[lumaAt + x], 3 * u + nextU, 3 * v + nextV, rgb, out);
      pixel(luma[lumaAt + x + 1], 3 * nextU + u, 3 * nextV + v, rgb, out + 3);
      u = nextU;
      v = nextV;
    }
    if (x < width) {
      pixel(luma[lumaAt + x], 4 * u, 4 * v, rgb, out);
    }
  }

  /** Converts a pixel whose chroma is given in 16ths. */
  private static void pixel(byte luma, int blue, int red, byte[] rgb, int at) {
    int u = blue + 8 >> 4;
    int v = red + 8 >> 4;
    int y = (luma & 0xFF) * 19077 >> 8;
    rgb[at] = clip(y + (v * 26149 >> 8) - 14234);
    rgb[at + 1] = clip(y - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
    rgb[at + 2] = clip(y + (u * 33050 >> 8) - 17685);
  }

  /** The nearest byte to a value in 64ths. */
  private static byte clip(int value) {
    return Plane.clip(value >> 6);
  }
}
