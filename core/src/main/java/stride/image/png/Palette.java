package stride.image.png;

import java.util.Arrays;
import stride.format.FormatException;

/**
 * A palette of 256 colours. Colours that a file does not define are grey, each as light as its
 * number, as in PIL.
 *
 * @param rgb three bytes a colour
 */
record Palette(byte[] rgb) {
  private static final int COLOURS = 256;

  /** Colours that are all grey. */
  static Palette grey() {
    var rgb = new byte[3 * COLOURS];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i / 3);
    }
    return new Palette(rgb);
  }

  /**
   * Returns the colours of a chunk (PLTE).
   *
   * @throws FormatException if there are more than 256
   */
  static Palette read(Chunks chunk) throws FormatException {
    long colours = chunk.length() / 3;
    if (colours > COLOURS) {
      throw new FormatException(
          "the picture is damaged: its palette has %,d colours, at most %d are allowed"
              .formatted(colours, COLOURS));
    }
    var palette = grey();
    System.arraycopy(chunk.data(), 0, palette.rgb, 0, 3 * (int) colours);
    return palette;
  }

  /** Returns the opacity of each colour: from a chunk (tRNS), full for all others. */
  static byte[] opacity(Chunks chunk) {
    var opacity = new byte[COLOURS];
    Arrays.fill(opacity, (byte) 0xFF);
    byte[] given = chunk.data();
    System.arraycopy(given, 0, opacity, 0, Math.min(given.length, COLOURS));
    return opacity;
  }
}
