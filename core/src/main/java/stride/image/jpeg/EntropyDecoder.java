package stride.image.jpeg;

import java.io.IOException;

/** Decodes the coefficients of one scan, MCU after MCU. */
sealed interface EntropyDecoder
    permits SequentialHuffman, ProgressiveHuffman, SequentialArithmetic, ProgressiveArithmetic {
  /**
   * Decodes the coefficients of an MCU. Those that are not among the data are left as they are.
   *
   * @throws java.io.EOFException if the file ends before
   */
  void decode(Mcu mcu) throws IOException;

  /** Whether the data ended too early, with a marker: then nothing is decoded up to the restart. */
  boolean isExhausted();

  /** Whether nothing at all is decoded any more. */
  boolean isOver();
}
