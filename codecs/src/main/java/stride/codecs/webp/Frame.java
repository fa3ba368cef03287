package stride.codecs.webp;

import org.jspecify.annotations.Nullable;
import stride.codecs.vp8.FrameTag;
import stride.codecs.vp8.Vp8Decoder;
import stride.codecs.vp8l.Vp8lDecoder;
import stride.codecs.vp8l.Vp8lHeader;
import stride.format.FormatException;

/**
 * A picture, and where on the canvas it lies.
 *
 * @param left the first column's
 * @param top the first row's
 * @param image its colours
 * @param alpha its transparency, if that is apart
 */
record Frame(int left, int top, int width, int height, Chunk image, @Nullable Chunk alpha) {
  private static final String LOSSY = "VP8 ";
  private static final String LOSSLESS = "VP8L";

  private static final int ALPHA_HEADER = 1;

  static boolean isImage(Chunk chunk) {
    return chunk.name().equals(LOSSY) || isLossless(chunk);
  }

  static boolean isLossless(Chunk chunk) {
    return chunk.name().equals(LOSSLESS);
  }

  /** A frame of the size that its image has. */
  static Frame of(byte[] file, int left, int top, Chunk image, @Nullable Chunk alpha)
      throws FormatException {
    int to = image.from() + image.size();
    if (isLossless(image)) {
      var header = Vp8lHeader.read(file, image.from(), to);
      return new Frame(left, top, header.width(), header.height(), image, alpha);
    }
    var tag = FrameTag.read(file, image.from(), to);
    return new Frame(left, top, tag.width(), tag.height(), image, alpha);
  }

  /** Whether all of it is on a canvas. */
  boolean isWithin(int canvasWidth, int canvasHeight) {
    return (long) left + width <= canvasWidth && (long) top + height <= canvasHeight;
  }

  /** Decodes the colours. */
  Paint decode(byte[] file) throws FormatException {
    // libwebp takes the byte that pads a chunk for a part of its data.
    if (isLossless(image)) {
      return Vp8lDecoder.read(file, image.from(), image.end())::decode;
    }
    checkAlpha(file);
    return Vp8Decoder.read(file, image.from(), image.end())::decode;
  }

  /** Transparency is not wanted, but a picture in which it is damaged is. */
  private void checkAlpha(byte[] file) throws FormatException {
    if (alpha == null) {
      return;
    }
    int header = alpha.size() > 0 ? file[alpha.from()] : 0;
    boolean compressed = (header & 3) == 1;
    if ((header & 3) > 1 || (header >> 4 & 3) > 1 || (header & 0xC0) != 0) {
      throw new FormatException(
          "the picture is damaged: its transparency is of the unknown kind %d".formatted(header));
    }
    long fewest = compressed ? 1 : (long) width * height;
    if (alpha.size() - ALPHA_HEADER < fewest) {
      throw new FormatException(
          "the picture is truncated: its transparency has %d bytes, at least %d are expected"
              .formatted(alpha.size() - ALPHA_HEADER, fewest));
    }
    if (compressed) {
      int from = alpha.from() + ALPHA_HEADER;
      Vp8lDecoder.check(file, from, alpha.from() + alpha.size(), width, height);
    }
  }
}
