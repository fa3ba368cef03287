package stride.image.png;

import stride.format.FormatException;

/**
 * A PNG's header (IHDR).
 *
 * @param depth bits of a sample
 */
record Header(int width, int height, int depth, ColourType type, boolean interlaced) {
  private static final int BYTES = 13;

  /** The most bytes of a row, which an array must hold. */
  private static final long MAX_BITS = 8L * (Integer.MAX_VALUE - 16);

  /**
   * Reads the header.
   *
   * @throws FormatException if it is too short or has an undefined value
   */
  static Header read(Chunks chunk) throws FormatException {
    if (chunk.length() < BYTES) {
      throw new FormatException(
          "the picture is damaged: its header has %d bytes, expected %d"
              .formatted(chunk.length(), BYTES));
    }
    int width = chunk.signedInt(0);
    int height = chunk.signedInt(4);
    if (width < 1 || height < 1) {
      throw new FormatException(
          "the picture is damaged: it has %sx%s pixels"
              .formatted(Integer.toUnsignedString(width), Integer.toUnsignedString(height)));
    }
    int depth = chunk.unsignedByte(8);
    int colour = chunk.unsignedByte(9);
    var type = ColourType.of(colour, depth);
    if (type == null) {
      throw new FormatException(
          "the picture is damaged: there is no colour type %d with samples of %d bits"
              .formatted(colour, depth));
    }
    int filters = chunk.unsignedByte(11);
    if (filters != 0) {
      throw new FormatException(
          "the picture is damaged: its filters are of the method %d, expected 0"
              .formatted(filters));
    }
    var header = new Header(width, height, depth, type, chunk.unsignedByte(12) != 0);
    if (header.bitsPerRow() > MAX_BITS) {
      throw new FormatException(
          "the picture is too wide: it has %dx%d pixels of %d bits"
              .formatted(width, height, header.bitsPerPixel()));
    }
    return header;
  }

  /** Returns the bits of a pixel as it is stored. */
  int bitsPerPixel() {
    return type.samples() * depth;
  }

  private long bitsPerRow() {
    return (long) width * bitsPerPixel();
  }

  /** Returns the bytes of some pixels of a row as they are stored. */
  int rowBytes(int pixels) {
    return (int) (((long) pixels * bitsPerPixel() + 7) / 8);
  }
}
