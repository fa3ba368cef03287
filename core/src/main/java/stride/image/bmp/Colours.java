package stride.image.bmp;

/** Converts stored pixels to red, green and blue. */
sealed interface Colours permits Palette, Masks {
  /** Returns the bits that are read for a pixel. */
  int bits();

  /**
   * Converts a row.
   *
   * @param from where the row begins
   * @param bits of a pixel
   * @param pixels the number of pixels
   * @param to where the first pixel's red goes
   */
  void expand(byte[] rows, int from, int bits, int pixels, byte[] into, int to);
}
