package stride.image.bmp;

/** How stored pixels become red, green and blue. */
sealed interface Colours permits Palette, Masks {
  /** Bits that a pixel is read with. */
  int bits();

  /**
   * Makes the colours of a row.
   *
   * @param from where the row begins
   * @param bits of a pixel
   * @param pixels how many
   * @param to where the first pixel's red goes
   */
  void expand(byte[] rows, int from, int bits, int pixels, byte[] into, int to);
}
