package stride.codecs.webp;

import java.nio.charset.StandardCharsets;
import stride.format.FormatException;

/**
 * A chunk of a RIFF file.
 *
 * @param name four characters
 * @param from the place of its data
 * @param size the number of bytes of its data
 */
record Chunk(String name, int from, int size) {
  static final int HEADER = 8;

  /** Returns the place of the next chunk, after a padding byte if the size is odd. */
  int end() {
    return from + size + (size & 1);
  }

  /**
   * Reads a chunk's header.
   *
   * @param end of the file
   * @throws FormatException if the chunk ends after the end of the file
   */
  static Chunk read(byte[] file, int at, int end) throws FormatException {
    if (end - at < HEADER) {
      throw new FormatException(
          "the picture is truncated: a chunk begins at byte %d of %d, and its header takes %d"
              .formatted(at, end, HEADER));
    }
    var name = new String(file, at, 4, StandardCharsets.ISO_8859_1);
    long size = number(file, at + 4, 4);
    if (size + (size & 1) > end - at - HEADER) {
      throw new FormatException(
          "the picture is truncated: its chunk %s at byte %d of %d should have %d bytes"
              .formatted(FormatException.quote(name), at, end, size));
    }
    return new Chunk(name, at + HEADER, (int) size);
  }

  /** Returns an unsigned little-endian number of at most 4 bytes. */
  static long number(byte[] file, int at, int bytes) {
    long number = 0;
    for (int i = 0; i < bytes; i++) {
      number |= (file[at + i] & 0xFFL) << 8 * i;
    }
    return number;
  }
}
