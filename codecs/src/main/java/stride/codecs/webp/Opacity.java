package stride.codecs.webp;

import java.util.Arrays;
import stride.codecs.vp8l.Vp8lDecoder;
import stride.format.FormatException;

/** A lossy picture's opacity, which has its own chunk (RFC 9649, section 2.7.1.2). */
final class Opacity {
  private static final int HEADER = 1;
  private static final int COMPRESSED = 1;

  private static final int HORIZONTAL = 1;
  private static final int VERTICAL = 2;
  private static final int GRADIENT = 3;

  private Opacity() {}

  /**
   * Decodes the opacity.
   *
   * @return a byte for each pixel
   * @throws FormatException if it is truncated or damaged
   */
  static byte[] decode(byte[] file, Chunk chunk, int width, int height) throws FormatException {
    int header = chunk.size() > 0 ? file[chunk.from()] & 0xFF : 0;
    int compression = header & 3;
    // Bits 4 and 5 say whether there are only few levels, which does not change the decoding.
    if (compression > COMPRESSED || (header >> 4 & 3) > 1 || header >> 6 != 0) {
      throw new FormatException(
          "the picture is damaged: its transparency is of the unknown kind %#04x"
              .formatted(header));
    }
    boolean compressed = compression == COMPRESSED;
    long fewest = compressed ? 1 : (long) width * height;
    if (chunk.size() - HEADER < fewest) {
      throw new FormatException(
          "the picture is truncated: its transparency has %d bytes, at least %d are expected"
              .formatted(chunk.size(), HEADER + fewest));
    }
    int from = chunk.from() + HEADER;
    byte[] plane =
        compressed
            ? Vp8lDecoder.greens(file, from, chunk.from() + chunk.size(), width, height)
            : Arrays.copyOfRange(file, from, from + width * height);
    addPredictions(header >> 2 & 3, plane, width);
    return plane;
  }

  /**
   * Undoes the prediction: the stored values are differences from a prediction from the neighbours.
   */
  private static void addPredictions(int filter, byte[] plane, int width) {
    switch (filter) {
      case HORIZONTAL -> {
        for (int at = 0; at < plane.length; at += width) {
          plane[at] += at > 0 ? plane[at - width] : 0;
          addLeft(plane, at, width);
        }
      }
      case VERTICAL -> {
        addLeft(plane, 0, width);
        for (int i = width; i < plane.length; i++) {
          plane[i] += plane[i - width];
        }
      }
      case GRADIENT -> {
        addLeft(plane, 0, width);
        for (int at = width; at < plane.length; at += width) {
          plane[at] += plane[at - width];
          for (int i = at + 1; i < at + width; i++) {
            int left = plane[i - 1] & 0xFF;
            int above = plane[i - width] & 0xFF;
            int corner = plane[i - width - 1] & 0xFF;
            plane[i] += (byte) Math.clamp(left + above - corner, 0, 255);
          }
        }
      }
      default -> {}
    }
  }

  private static void addLeft(byte[] plane, int row, int width) {
    for (int i = row + 1; i < row + width; i++) {
      plane[i] += plane[i - 1];
    }
  }
}
