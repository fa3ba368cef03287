package stride.image.bmp;

import java.util.Set;
import stride.format.FormatException;

/**
 * A BMP's header.
 *
 * @param end where it ends in the file
 * @param topDown whether the first row is the uppermost one
 * @param bits of a pixel as it is stored
 * @param colours of the palette
 * @param paletteStep bytes of the palette for a colour
 */
record Header(
    long end,
    int width,
    int height,
    boolean topDown,
    int bits,
    int compression,
    long colours,
    int paletteStep) {
  static final int PLAIN = 0;
  static final int RUNS_OF_8_BITS = 1;
  static final int RUNS_OF_4_BITS = 2;
  static final int BIT_FIELDS = 3;

  /** The place of the header, which begins with its length. */
  static final int BEGIN = 14;

  private static final int OS2 = 12;
  private static final Set<Integer> LENGTHS = Set.of(OS2, 40, 52, 56, 64, 108, 124);
  private static final Set<Integer> BITS = Set.of(1, 4, 8, 16, 24, 32);

  static Header read(Fields file) throws FormatException {
    long length = file.unsignedInt(BEGIN);
    if (length > Integer.MAX_VALUE || !LENGTHS.contains((int) length)) {
      throw new FormatException(
          "the picture has a header of %,d bytes, which is not read; convert it to PNG"
              .formatted(length));
    }
    file.require(BEGIN, length);
    var header = length == OS2 ? ofOs2(file) : ofWindows(file, length);
    if (header.width < 1 || header.height < 1) {
      throw new FormatException(
          "the picture is damaged: it has %dx%d pixels".formatted(header.width, header.height));
    }
    if (!BITS.contains(header.bits)) {
      throw new FormatException(
          "the picture has %d bits a pixel, which is not read; convert it to PNG"
              .formatted(header.bits));
    }
    if (header.compression < PLAIN
        || header.compression > BIT_FIELDS
        || header.isInRuns() && header.bits > 8) {
      throw new FormatException(
          "the picture has the compression %d with %d bits a pixel, which is not read; convert it to PNG"
              .formatted(header.compression, header.bits));
    }
    return header;
  }

  private static Header ofOs2(Fields file) throws FormatException {
    int bits = file.unsignedShort(24);
    return new Header(
        BEGIN + OS2,
        file.unsignedShort(18),
        file.unsignedShort(20),
        false,
        bits,
        PLAIN,
        1L << Math.min(bits, 32),
        3);
  }

  private static Header ofWindows(Fields file, long length) throws FormatException {
    int height = (int) file.unsignedInt(22);
    // Other negative heights make no sense either way.
    boolean topDown = height >>> 24 == 0xFF;
    int bits = file.unsignedShort(28);
    long colours = file.unsignedInt(46);
    return new Header(
        BEGIN + length,
        (int) file.unsignedInt(18),
        topDown ? -height : height,
        topDown,
        bits,
        (int) file.unsignedInt(30),
        colours == 0 ? 1L << Math.min(bits, 32) : colours,
        4);
  }

  boolean isInRuns() {
    return compression == RUNS_OF_8_BITS || compression == RUNS_OF_4_BITS;
  }
}
