package stride.codecs.webp;

import stride.format.FormatException;

/** Pixels that are about to be put on a canvas. */
@FunctionalInterface
interface Paint {
  /**
   * Puts them there.
   *
   * @param rgb the canvas, three bytes a pixel
   * @param at where the first pixel goes
   * @param stride from a pixel to the one below
   * @throws FormatException if they turn out to be truncated or damaged
   */
  void put(byte[] rgb, int at, int stride) throws FormatException;
}
