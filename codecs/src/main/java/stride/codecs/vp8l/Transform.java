package stride.codecs.vp8l;

/** A transform of a picture's rows before they were coded (RFC 9649, section 3.5). */
sealed interface Transform permits Predictor, CrossColour, SubtractGreen, ColourIndexing {
  /** Returns the number of pixels of a coded row. */
  int codedWidth();

  /**
   * Undoes the transform for a row. Call it for every row in order, once each.
   *
   * @param row the coded row; may be changed
   * @return the row before the transform
   */
  int[] undo(int y, int[] row);

  /** Returns the number of tiles with sides of 2^bits pixels along {@code pixels} pixels. */
  static int tiles(int pixels, int bits) {
    return pixels + (1 << bits) - 1 >> bits;
  }
}
