package stride.image.bmp;

import stride.format.FormatException;

/**
 * The colours of pixels of 1 to 8 bits. Colours that a file does not define are grey, each as light
 * as its number, as in PIL.
 *
 * @param bits that a pixel is read with
 * @param rgb three bytes for each of 256 colours
 * @param bytes that the palette has in the file
 */
record Palette(int bits, byte[] rgb, long bytes) implements Colours {
  private static final int MOST = 256;

  /** The most colours that a header may claim, although at most 256 are in the file. */
  private static final int MAX_CLAIMED = 1 << 16;

  /**
   * Reads the palette after the header.
   *
   * @throws FormatException if it has too many colours
   */
  static Palette read(Header header, byte[] file) throws FormatException {
    long colours = header.colours();
    long bytes = colours * header.paletteStep();
    int there = (int) Math.min(bytes, Math.max(file.length - header.end(), 0));
    boolean grey = isGrey(header, file, there);
    if (colours > MAX_CLAIMED || !grey && there / header.paletteStep() > MOST) {
      throw new FormatException(
          "the picture is damaged: its palette has %,d colours, at most %d are allowed"
              .formatted(colours, MOST));
    }
    var rgb = new byte[3 * MOST];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3);
    }
    if (grey) {
      // Levels replace numbers, and two levels replace bits: PIL reads the pixels as such,
      // independent of the header's number of bits.
      if (colours == 2) {
        rgb[3] = rgb[4] = rgb[5] = (byte) 0xFF;
      }
      return new Palette(colours == 2 ? 1 : 8, rgb, there);
    }
    int at = (int) header.end();
    for (int i = 0; i < there / header.paletteStep(); i++) {
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = file[at + i * header.paletteStep() + 2 - c];
      }
    }
    return new Palette(header.bits(), rgb, there);
  }

  /**
   * Returns whether each colour is grey and as light as its number, or there are black and white.
   */
  private static boolean isGrey(Header header, byte[] file, int there) {
    long colours = header.colours();
    if (colours > MAX_CLAIMED
        || there < colours * header.paletteStep() - (header.paletteStep() - 3)) {
      return false;
    }
    for (int i = 0; i < colours; i++) {
      int at = (int) header.end() + i * header.paletteStep();
      byte level = (byte) (colours == 2 ? 255 * i : i);
      if (file[at] != level || file[at + 1] != level || file[at + 2] != level) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void expand(byte[] rows, int from, int bits, int pixels, byte[] into, int to) {
    int mask = (1 << bits) - 1;
    for (int x = 0; x < pixels; x++) {
      int bit = x * bits;
      int index = (rows[from + (bit >> 3)] & 0xFF) >> 8 - bits - (bit & 7) & mask;
      System.arraycopy(rgb, 3 * index, into, to + 3 * x, 3);
    }
  }
}
