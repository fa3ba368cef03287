package stride.image.jpeg;

import java.util.List;

/**
 * Makes pixels of planes of samples less 128: red, green and blue by JFIF's equations in 16-bit
 * fixed point (libjpeg's jdcolor.c), and the colours of inks by PIL's.
 */
final class ColourRows {
  private static final int BITS = 16;
  private static final int HALF = 1 << BITS - 1;

  /**
   * The difference of a colour from luma for each byte of chroma; green is still in fixed point.
   */
  private static final int[] RED_OF_CR = new int[256];

  private static final int[] GREEN_OF_CB = new int[256];
  private static final int[] GREEN_OF_CR = new int[256];
  private static final int[] BLUE_OF_CB = new int[256];

  /** The sums of luma less 128 and its chromas, clamped to the range of a byte. */
  private static final byte[] LIMITED = new byte[1024];

  private static final int RANGE = LIMITED.length - 1;

  static {
    for (int i = 0; i < 256; i++) {
      int chroma = (byte) i;
      RED_OF_CR[i] = fixed(1.402) * chroma + HALF >> BITS;
      GREEN_OF_CB[i] = -fixed(0.34414) * chroma + HALF;
      GREEN_OF_CR[i] = -fixed(0.71414) * chroma;
      BLUE_OF_CB[i] = fixed(1.772) * chroma + HALF >> BITS;
    }
    for (int i = 0; i <= RANGE; i++) {
      int sum = i <= RANGE / 2 ? i : i - RANGE - 1;
      LIMITED[i] = (byte) Math.min(Math.max(sum + 128, 0), 255);
    }
  }

  private ColourRows() {}

  private static int fixed(double factor) {
    return (int) (factor * (1 << BITS) + 0.5);
  }

  /**
   * Writes a row.
   *
   * @param planes the components' planes, which have moved to the row
   * @param into the pixels, red, green and blue, or grey, from {@code at} on
   */
  static void write(Colours colours, List<Sampling> planes, byte[] into, int at, int width) {
    var a = planes.get(0);
    if (colours == Colours.GREY) {
      for (int x = 0; x < width; x++) {
        into[at + x] = (byte) (a.array[a.offset + x] ^ 0x80);
      }
      return;
    }
    var b = planes.get(1);
    var c = planes.get(2);
    if (colours == Colours.YCC || colours == Colours.YCCK) {
      ycc(a.array, a.offset, b.array, b.offset, c.array, c.offset, into, at, width);
    } else {
      rgb(a.array, a.offset, b.array, b.offset, c.array, c.offset, into, at, width);
    }
    if (planes.size() == 4) {
      var d = planes.get(3);
      inks(colours == Colours.CMYK, d.array, d.offset, into, at, width);
    }
  }

  private static void ycc(
      byte[] lumas, int y, byte[] cbs, int cb, byte[] crs, int cr, byte[] into, int at, int width) {
    for (int x = 0; x < width; x++) {
      int luma = lumas[y + x];
      int blueness = cbs[cb + x] & 0xFF;
      int redness = crs[cr + x] & 0xFF;
      into[at + 3 * x] = LIMITED[luma + RED_OF_CR[redness] & RANGE];
      into[at + 3 * x + 1] =
          LIMITED[luma + (GREEN_OF_CB[blueness] + GREEN_OF_CR[redness] >> BITS) & RANGE];
      into[at + 3 * x + 2] = LIMITED[luma + BLUE_OF_CB[blueness] & RANGE];
    }
  }

  private static void rgb(
      byte[] reds,
      int red,
      byte[] greens,
      int green,
      byte[] blues,
      int blue,
      byte[] into,
      int at,
      int width) {
    int to = at;
    for (int x = 0; x < width; x++, to += 3) {
      into[to] = (byte) (reds[red + x] ^ 0x80);
      into[to + 1] = (byte) (greens[green + x] ^ 0x80);
      into[to + 2] = (byte) (blues[blue + x] ^ 0x80);
    }
  }

  /**
   * Multiplies the light that three inks leave by the light that black leaves. PIL assumes that
   * inks are stored as the light that they leave, as Adobe's programs store them, and libjpeg does
   * so for YCCK; for CMYK it passes the numbers on.
   *
   * @param turned whether the row holds CMYK's numbers
   */
  private static void inks(
      boolean turned, byte[] blacks, int black, byte[] into, int at, int width) {
    for (int x = 0; x < width; x++) {
      int light = blacks[black + x] + 128;
      for (int i = at + 3 * x; i < at + 3 * x + 3; i++) {
        int value = into[i] & 0xFF;
        into[i] = (byte) inked(turned ? 255 - value : value, light);
      }
    }
  }

  /**
   * Returns the part of the light that an ink lets through, rounded as PIL's {@code MULDIV255}
   * does.
   */
  private static int inked(int ink, int light) {
    int product = ink * light + 128;
    return light - ((product >> 8) + product >> 8);
  }
}
