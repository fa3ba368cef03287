package stride.codecs.webp;

import stride.format.FormatException;

/** Pixels that can be written to a canvas. */
@FunctionalInterface
interface Paint {
  /**
   * Writes the pixels.
   *
   * @param canvas the array that receives red, green and blue, and opacity after them if {@code
   *     step} is 4
   * @param at the place of the first pixel
   * @param stride the distance from a pixel to the one below
   * @param step the distance from a pixel to the next one: 3 or 4
   * @throws FormatException if they turn out to be truncated or damaged
   */
  void put(byte[] canvas, int at, int stride, int step) throws FormatException;
}
