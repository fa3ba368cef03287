package stride.codecs.webp;

import stride.format.FormatException;

/** Pixels that are about to be put on a canvas. */
@FunctionalInterface
interface Paint {
  /**
   * Puts them there.
   *
   * @param canvas where red, green and blue go, and opacity after them if there is room
   * @param at where the first pixel goes
   * @param stride from a pixel to the one below
   * @param step from a pixel to the next one: 3 or 4
   * @throws FormatException if they turn out to be truncated or damaged
   */
  void put(byte[] canvas, int at, int stride, int step) throws FormatException;
}
