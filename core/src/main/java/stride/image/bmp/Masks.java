package stride.image.bmp;

import java.util.Arrays;
import java.util.stream.LongStream;
import stride.format.FormatException;

/**
 * The places of red, green and blue in a pixel of 16 to 32 bits.
 *
 * @param bits of a pixel
 * @param masks of red, green and blue
 * @param end where they end in the file; 0 if they are not in it
 */
record Masks(int bits, long[] masks, long end) implements Colours {
  private static final long[] OF_15_BITS = {0x7C00, 0x3E0, 0x1F};
  private static final long[] OF_24_BITS = {0xFF0000, 0xFF00, 0xFF};

  /** The masks' place if the header is long enough, and the header's end if it is not. */
  private static final int AT = Header.BEGIN + 40;

  static Masks read(Header header, Fields file) throws FormatException {
    int bits = header.bits();
    var plain = bits == 16 ? OF_15_BITS : OF_24_BITS;
    if (header.compression() != Header.BIT_FIELDS) {
      return new Masks(bits, plain, 0);
    }
    var masks = new long[3];
    for (int c = 0; c < 3; c++) {
      masks[c] = file.unsignedInt(AT + 4L * c);
    }
    if (bits == 32 && Arrays.equals(masks, new long[3])) {
      masks = plain;
    }
    for (long mask : masks) {
      long ones = mask >>> Long.numberOfTrailingZeros(mask);
      if (mask == 0 || (ones & ones + 1) != 0 || mask >>> bits != 0) {
        throw new FormatException(
            "the picture is damaged: of %d bits a pixel, its colours have %s"
                .formatted(
                    bits,
                    String.join(
                        ", ", LongStream.of(masks).mapToObj(m -> "%08X".formatted(m)).toList())));
      }
    }
    return new Masks(bits, masks, AT + 12);
  }

  @Override
  public void expand(byte[] rows, int from, int bits, int pixels, byte[] into, int to) {
    int bytes = bits / 8;
    if (Arrays.equals(masks, OF_24_BITS)) {
      for (int x = 0; x < pixels; x++) {
        into[to + 3 * x] = rows[from + bytes * x + 2];
        into[to + 3 * x + 1] = rows[from + bytes * x + 1];
        into[to + 3 * x + 2] = rows[from + bytes * x];
      }
      return;
    }
    for (int x = 0; x < pixels; x++) {
      long pixel = 0;
      for (int b = bytes - 1; b >= 0; b--) {
        pixel = pixel << 8 | rows[from + bytes * x + b] & 0xFF;
      }
      for (int c = 0; c < 3; c++) {
        int shift = Long.numberOfTrailingZeros(masks[c]);
        into[to + 3 * x + c] = (byte) (((pixel & masks[c]) >>> shift) * 255 / (masks[c] >>> shift));
      }
    }
  }
}
