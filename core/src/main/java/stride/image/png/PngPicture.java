package stride.image.png;

import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.Pixels;

/**
 * A PNG picture. Colours are those of PIL: gamma and colour profiles are not applied.
 *
 * <p>As PIL does, it checks the check sums of the chunks before the pixels, accepts pixels in any
 * number of chunks, and reads a stream that ends after a whole row as a picture whose other rows
 * are 0. Text and colour profiles are never inflated. Of an animation the default image is read.
 */
public final class PngPicture implements EncodedPicture {
  private final byte[] file;
  private final Header header;
  private final Samples samples;

  /** The cursor at the first chunk of pixels. */
  private final Chunks chunks;

  private PngPicture(byte[] file, Header header, Samples samples, Chunks chunks) {
    this.file = file;
    this.header = header;
    this.samples = samples;
    this.chunks = chunks;
  }

  /**
   * Reads the chunks before the pixels.
   *
   * @param file all of a file that begins as a PNG does; kept, not copied
   * @return the picture, whose pixels are not decoded yet
   * @throws FormatException if it is truncated or damaged there
   */
  public static PngPicture open(byte[] file) throws FormatException {
    var chunks = new Chunks(file);
    @Nullable Header header = null;
    @Nullable Palette palette = null;
    int[] transparent = {};
    byte @Nullable [] opacity = null;
    while (true) {
      if (!chunks.next()) {
        throw new FormatException(
            chunks.isAtEnd()
                ? "the picture is truncated"
                : "the picture is damaged: there is something other than a chunk before its"
                    + " pixels");
      }
      if (chunks.is("IDAT")) {
        break;
      }
      if (chunks.is("CgBI")) {
        throw new FormatException(
            "is a PNG that Xcode has changed for iOS (CgBI), which other programs do not read; take"
                + " the original, or change it back with pngcrush -revert-iphone-optimizations");
      }
      if (chunks.is("IEND") || chunks.is("fdAT")) {
        throw new FormatException("the picture is damaged: it has no pixels");
      }
      chunks.requireSound();
      if (chunks.is("IHDR")) {
        header = Header.read(chunks);
      } else if (header != null && chunks.is("PLTE") && header.type() == ColourType.PALETTE) {
        palette = Palette.read(chunks);
      } else if (header != null && chunks.is("tRNS")) {
        if (header.type() == ColourType.PALETTE) {
          opacity = Palette.opacity(chunks);
        } else {
          transparent = transparent(chunks, header.type());
        }
      }
    }
    if (header == null) {
      throw new FormatException("the picture is damaged: it has no header (IHDR)");
    }
    if (header.type() == ColourType.GREY && header.depth() == 16) {
      // PIL does not look at it either.
      transparent = new int[0];
    }
    var colours = palette == null ? Palette.grey() : palette;
    return new PngPicture(
        file, header, new Samples(header, colours.rgb(), transparent, opacity), chunks);
  }

  /** Returns the samples of the transparent colour; none if pixels have their own opacity. */
  private static int[] transparent(Chunks chunk, ColourType type) throws FormatException {
    var samples = new int[type == ColourType.GREY ? 1 : type == ColourType.RGB ? 3 : 0];
    int bytes = 2 * samples.length;
    if (chunk.length() < bytes) {
      throw new FormatException(
          "the picture is damaged: its transparent colour (tRNS) has %d bytes, expected %d"
              .formatted(chunk.length(), bytes));
    }
    for (int s = 0; s < samples.length; s++) {
      samples[s] = chunk.unsignedShort(2 * s);
    }
    return samples;
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
    return (long) samples.channels() * width() * height();
  }

  /**
   * {@return whether the picture is grey with samples of 16 bits, which {@link #decode} reduces to
   * 8 as PIL does}
   */
  public boolean isGreyOf16Bits() {
    return header.type() == ColourType.GREY && header.depth() == 16;
  }

  /**
   * Decodes the picture. Grey values of 16 bits are cut off at 255.
   *
   * @return grey, or red, green and blue; and opacity after them, if the file has any
   */
  @Override
  public Pixels decode() throws FormatException {
    var decoded = decodeSamples();
    if (!isGreyOf16Bits()) {
      return decoded;
    }
    byte[] wide = decoded.data();
    var data = new byte[wide.length / 2];
    for (int i = 0; i < data.length; i++) {
      data[i] = wide[2 * i] == 0 ? wide[2 * i + 1] : (byte) 0xFF;
    }
    return new Pixels(decoded.height(), decoded.width(), 1, data);
  }

  /**
   * Decodes the picture; grey values of 16 bits are the upper and the lower byte, as two channels.
   *
   * @return the samples
   * @throws FormatException if the file is truncated or damaged
   */
  public Pixels decodeSamples() throws FormatException {
    int width = header.width();
    int height = header.height();
    int channels = samples.channels();
    var into = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
    var place = new Chunks(chunks);
    try (var data = new ImageData(file, place)) {
      for (var pass : header.interlaced() ? Pass.INTERLACED : Pass.WHOLE) {
        decode(data, pass, into);
      }
    }
    checkBehind(place);
    return new Pixels(height, width, channels, into);
  }

  private void decode(ImageData data, Pass pass, byte[] into) throws FormatException {
    int columns = pass.columns(header.width());
    if (columns <= 0) {
      return;
    }
    int length = 1 + header.rowBytes(columns);
    int filterStep = Math.max(header.bitsPerPixel() / 8, 1);
    int channels = samples.channels();
    var row = new byte[length];
    var above = new byte[length];
    for (int y = pass.top(); y < header.height(); y += pass.down()) {
      data.read(row, length);
      Filters.undo(row, above, length, filterStep);
      int at = (y * header.width() + pass.left()) * channels;
      samples.expand(row, columns, into, at, pass.right() * channels);
      byte[] swapped = above;
      above = row;
      row = swapped;
    }
  }

  /**
   * Checks the chunks after the pixels: none may be cut off, except an animation's other frames.
   */
  private static void checkBehind(Chunks behind) throws FormatException {
    while (behind.next() && !behind.is("IEND") && !behind.is("fcTL")) {
      behind.requireWhole();
    }
  }
}
