package stride.codecs.vp8;

import java.util.Arrays;

/**
 * The samples of luma or of one chroma, whole macroblocks of them, with a margin that pixels at the
 * edges are predicted from (RFC 6386, section 12.2): a row of 127 above, a column of 129 on the
 * left, and four columns on the right for the samples above and to the right of a row's last block.
 *
 * @param stride the distance from a sample to the one below
 */
record Plane(byte[] samples, int stride) {
  private static final int LEFT = 1;
  private static final int RIGHT = 4;
  private static final byte ABOVE = 127;
  private static final byte ON_THE_LEFT = (byte) 129;

  static Plane of(int width, int height) {
    int stride = LEFT + width + RIGHT;
    var samples = new byte[stride * (1 + height)];
    Arrays.fill(samples, 0, stride, ABOVE);
    for (int y = 1; y <= height; y++) {
      samples[y * stride] = ON_THE_LEFT;
    }
    return new Plane(samples, stride);
  }

  /** Returns the place of a sample. */
  int at(int x, int y) {
    return (1 + y) * stride + LEFT + x;
  }

  /** Returns the nearest value that a sample can have. */
  static byte clip(int value) {
    return (byte) ((value & ~0xFF) == 0 ? value : value < 0 ? 0 : 255);
  }
}
