package stride.image.jpeg;

import stride.format.FormatException;

/** Decodes the coefficients of one scan, MCU after MCU. */
sealed interface EntropyDecoder
    permits SequentialHuffman, ProgressiveHuffman, SequentialArithmetic, ProgressiveArithmetic {
  /**
   * Decodes the coefficients of an MCU. Coefficients that are not among the data stay unchanged.
   *
   * @throws FormatException if the file ends before
   */
  void decode(Mcu mcu) throws FormatException;

  /**
   * Returns whether the data ended too early, with a marker: then nothing is decoded up to the
   * restart.
   */
  boolean isExhausted();

  /** Returns whether decoding has ended for good. */
  boolean isOver();
}
