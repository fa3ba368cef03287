package stride.codecs.vp8;

import stride.format.FormatException;

/**
 * The first ten bytes of a key frame (RFC 6386, section 9.1).
 *
 * @param width the picture's width in pixels, 1 to 16383
 * @param height the picture's height in pixels, 1 to 16383
 * @param firstPartition the number of bytes of the first partition, which follows
 */
public record FrameTag(int width, int height, int firstPartition) {
  static final int BYTES = 10;

  private static final int HIGHEST_PROFILE = 3;

  /**
   * Reads the tag.
   *
   * @param data the file
   * @param from the place of the tag
   * @param to the end of the frame
   * @return the tag
   * @throws FormatException if the bytes from {@code from} to {@code to} are no key frame that is
   *     shown, or shorter than its header says
   */
  public static FrameTag read(byte[] data, int from, int to) throws FormatException {
    if (to - from < BYTES) {
      throw new FormatException(
          "the picture is truncated: its VP8 frame has %d bytes, %d are the fewest"
              .formatted(to - from, BYTES));
    }
    int bits = number(data, from, 3);
    if ((bits & 1) != 0) {
      throw new FormatException("the picture is damaged: its VP8 frame is not a key frame");
    }
    if ((bits >> 1 & 7) > HIGHEST_PROFILE) {
      throw new FormatException(
          "the picture is damaged: its VP8 frame has the profile %d, %d is the highest"
              .formatted(bits >> 1 & 7, HIGHEST_PROFILE));
    }
    if ((bits >> 4 & 1) == 0) {
      throw new FormatException("the picture is damaged: its VP8 frame is not to be shown");
    }
    if (data[from + 3] != (byte) 0x9D || data[from + 4] != 1 || data[from + 5] != 0x2A) {
      throw new FormatException("the picture is damaged: its VP8 frame lacks the start code");
    }
    // The two bits above each size ask for an enlarged display, which programs ignore.
    var tag =
        new FrameTag(
            number(data, from + 6, 2) & 0x3FFF, number(data, from + 8, 2) & 0x3FFF, bits >> 5);
    if (tag.width == 0 || tag.height == 0) {
      throw new FormatException(
          "the picture is damaged: its VP8 frame has %dx%d pixels"
              .formatted(tag.width, tag.height));
    }
    // A macroblock's modes take more than a bit.
    if (tag.firstPartition > to - from - BYTES
        || (long) tag.macroblocksAcross() * tag.macroblocksDown() > 8L * tag.firstPartition) {
      throw new FormatException(
          "the picture is truncated: its VP8 frame of %dx%d pixels has %d bytes, of which the first partition takes %d"
              .formatted(tag.width, tag.height, to - from, tag.firstPartition));
    }
    return tag;
  }

  int macroblocksAcross() {
    return (width + 15) / 16;
  }

  int macroblocksDown() {
    return (height + 15) / 16;
  }

  /** Returns a little-endian number of some bytes. */
  static int number(byte[] data, int at, int bytes) {
    int number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (data[at + i] & 0xFF) << 8 * i;
    }
    return number;
  }
}
