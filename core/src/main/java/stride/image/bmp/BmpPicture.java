package stride.image.bmp;

import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.Pixels;

/**
 * A BMP picture: 1, 4, 8, 16, 24 or 32 bits a pixel, with runs of 4 or 8 bits, bit fields, from the
 * bottom up or from the top down. Opacity is ignored.
 *
 * <p>It is read as PIL reads it, also where files are slightly damaged. Files that PIL refuses
 * although other programs write them are read too: headers of 52 and 56 bytes, and other bit fields
 * than the usual ones.
 */
public final class BmpPicture implements EncodedPicture {
  private final byte[] file;
  private final Header header;
  private final Colours colours;

  /** The place of the pixels in the file. */
  private final long begin;

  private BmpPicture(byte[] file, Header header, Colours colours, long begin) {
    this.file = file;
    this.header = header;
    this.colours = colours;
    this.begin = begin;
  }

  /**
   * Reads the file up to the pixels.
   *
   * @param file all of a file that begins as a BMP does; kept, not copied
   * @return the picture, whose pixels are not decoded yet
   * @throws FormatException if it is truncated there, damaged, or of a kind that is not read
   */
  public static BmpPicture open(byte[] file) throws FormatException {
    var fields = new Fields(file);
    var header = Header.read(fields);
    long behind = header.end();
    Colours colours;
    if (header.bits() > 8) {
      var masks = Masks.read(header, fields);
      behind = Math.max(behind, masks.end());
      colours = masks;
    } else if (header.compression() == Header.BIT_FIELDS) {
      throw new FormatException(
          "the picture is damaged: it has bit fields and %d bits a pixel".formatted(header.bits()));
    } else {
      var palette = Palette.read(header, file);
      behind += palette.bytes();
      colours = palette;
    }
    long given = fields.unsignedInt(10);
    // Where the pixels would begin if there were no palette: a fault of some programs.
    if (given == header.end() && header.bits() <= 8) {
      given += 4 * header.colours();
    }
    return new BmpPicture(file, header, colours, given == 0 ? behind : given);
  }

  @Override
  public int width() {
    return header.width();
  }

  @Override
  public int height() {
    return header.height();
  }

  @Override
  public long decodedBytes() {
    return (header.isInRuns() ? 4L : 3L) * width() * height();
  }

  @Override
  public Pixels decode() throws FormatException {
    int width = header.width();
    int height = header.height();
    var into = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
    byte[] rows = file;
    long from = begin;
    long stride = (((long) width * header.bits() + 31) >> 3) & ~3;
    int bits = colours.bits();
    if (header.isInRuns()) {
      rows = Runs.read(file, begin, width, height, header.compression() == Header.RUNS_OF_4_BITS);
      from = 0;
      stride = width;
      bits = 8;
    }
    long row = ((long) width * bits + 7) / 8;
    if (row > stride) {
      throw new FormatException(
          "the picture is damaged: it has %d bits a pixel and a palette of grey levels for %d"
              .formatted(header.bits(), bits));
    }
    if (from + (height - 1) * stride + row > rows.length) {
      throw new FormatException("the picture is truncated");
    }
    for (int y = 0; y < height; y++) {
      int to = (header.topDown() ? y : height - 1 - y) * width * 3;
      colours.expand(rows, (int) (from + y * stride), bits, width, into, to);
    }
    return new Pixels(height, width, 3, into);
  }
}
