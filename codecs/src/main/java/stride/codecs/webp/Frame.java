package stride.codecs.webp;

import org.jspecify.annotations.Nullable;
import stride.codecs.vp8.FrameTag;
import stride.codecs.vp8.Vp8Decoder;
import stride.codecs.vp8l.Vp8lDecoder;
import stride.codecs.vp8l.Vp8lHeader;
import stride.format.FormatException;

/**
 * A picture and its place on the canvas.
 *
 * @param left the first column's
 * @param top the first row's
 * @param transparent whether some of its pixels may be transparent
 * @param image its colours
 * @param alpha its opacity, if that is separate
 */
record Frame(
    int left,
    int top,
    int width,
    int height,
    boolean transparent,
    Chunk image,
    @Nullable Chunk alpha) {
  private static final String LOSSY = "VP8 ";
  private static final String LOSSLESS = "VP8L";

  static boolean isImage(Chunk chunk) {
    return chunk.name().equals(LOSSY) || isLossless(chunk);
  }

  static boolean isLossless(Chunk chunk) {
    return chunk.name().equals(LOSSLESS);
  }

  /** Returns a frame of the size that its image has. */
  static Frame of(byte[] file, int left, int top, Chunk image, @Nullable Chunk alpha)
      throws FormatException {
    int to = image.from() + image.size();
    if (isLossless(image)) {
      var header = Vp8lHeader.read(file, image.from(), to);
      return new Frame(
          left, top, header.width(), header.height(), header.transparent(), image, alpha);
    }
    var tag = FrameTag.read(file, image.from(), to);
    return new Frame(left, top, tag.width(), tag.height(), alpha != null, image, alpha);
  }

  /** Returns whether the whole frame is on a canvas. */
  boolean isWithin(int canvasWidth, int canvasHeight) {
    return (long) left + width <= canvasWidth && (long) top + height <= canvasHeight;
  }

  /** Returns an estimate of the bytes that {@link #decode} takes, in addition to the canvas. */
  long decodedBytes() {
    long pixels = (long) width * height;
    // Packed pixels and the codes of each tile; or planes, two of them of half the size.
    return isLossless(image) ? 5 * pixels : alpha == null ? 2 * pixels : 3 * pixels;
  }

  /**
   * Decodes the parts that show whether the file is sound, before a canvas is allocated for the
   * rest.
   */
  Paint decode(byte[] file) throws FormatException {
    // libwebp treats the byte that pads a chunk as a part of its data.
    if (isLossless(image)) {
      return Vp8lDecoder.read(file, image.from(), image.end())::decode;
    }
    byte[] opacity = alpha == null ? null : Opacity.decode(file, alpha, width, height);
    var colours = Vp8Decoder.read(file, image.from(), image.end());
    return (canvas, at, stride, step) -> {
      colours.decode(canvas, at, stride, step);
      for (int y = 0; step > 3 && y < height; y++) {
        int to = at + y * stride + 3;
        for (int x = 0; x < width; x++, to += step) {
          canvas[to] = opacity == null ? (byte) 255 : opacity[y * width + x];
        }
      }
    };
  }
}
