package stride.codecs.vp8l;

/** What was done to a picture's rows before they were coded (RFC 9649, section 3.5). */
sealed interface Transform permits Predictor, CrossColour, SubtractGreen, ColourIndexing {
  /** Returns how many pixels a row has after the transform, which is what is coded. */
  int codedWidth();

  /**
   * Undoes it for a row. Rows are asked for one after the other, each once.
   *
   * @param row the coded row; may be changed
   * @return the row as it was before
   */
  int[] undo(int y, int[] row);

  /** Returns how many tiles of a power of 2 pixels there are along so many pixels. */
  static int tiles(int pixels, int bits) {
    return pixels + (1 << bits) - 1 >> bits;
  }
}
