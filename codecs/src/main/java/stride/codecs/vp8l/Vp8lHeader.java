package stride.codecs.vp8l;

import stride.format.FormatException;

/**
 * The first five bytes of VP8L data (RFC 9649, section 3.4).
 *
 * @param width the picture's width in pixels, 1 to 16384
 * @param height the picture's height in pixels, 1 to 16384
 * @param transparent whether some of the pixels may be transparent
 */
public record Vp8lHeader(int width, int height, boolean transparent) {
  static final int BYTES = 5;

  private static final int SIGNATURE = 0x2F;

  /**
   * Reads the header.
   *
   * @param data the file
   * @param from the place of the first byte
   * @param to the place after the last byte
   * @return the header
   * @throws FormatException if the bytes from {@code from} to {@code to} are not VP8L data
   */
  public static Vp8lHeader read(byte[] data, int from, int to) throws FormatException {
    if (to - from < BYTES) {
      throw new FormatException(
          "the picture is truncated: its VP8L data has %d bytes, %d are the fewest"
              .formatted(to - from, BYTES));
    }
    if (data[from] != SIGNATURE) {
      throw new FormatException(
          "the picture is damaged: its VP8L data begins with %d, expected %d"
              .formatted(data[from], SIGNATURE));
    }
    var in = new BitReader(data, from + 1, from + BYTES);
    int width = 1 + in.read(14);
    int height = 1 + in.read(14);
    boolean transparent = in.flag();
    int version = in.read(3);
    if (version != 0) {
      throw new FormatException(
          "the picture is damaged: its VP8L data is of version %d, expected 0".formatted(version));
    }
    return new Vp8lHeader(width, height, transparent);
  }
}
