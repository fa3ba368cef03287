package stride.image.jpeg;

import stride.format.FormatException;

/**
 * A file's bytes, the current place, and the marker that was read there.
 *
 * <p>PIL hands a file to libjpeg in chunks, and libjpeg decodes differently close to a chunk's end.
 * This changes no pixel, but decides whether a file that ends too early still counts as whole, so
 * the chunks are kept here: bytes from {@link #limit} on have not been handed over.
 */
final class Input {
  /** The number of bytes that PIL reads at once ({@code ImageFile.MAXBLOCK}). */
  private static final int CHUNK = 1 << 16;

  private static final int FIRST_FRAME = 0xC0;
  private static final int FIRST_RESTART = 0xD0;
  private static final int LAST_RESTART = 0xD7;

  final byte[] data;

  /** The place of the next byte. */
  int at;

  /** The first byte that has not been handed over yet. */
  int limit;

  /** The marker before {@link #at} that has not been processed yet, or 0. */
  int marker;

  /** The number of decisions that arithmetic decoding has made after the ends of data. */
  int decidedBeyond;

  private int end;
  private boolean ended;

  Input(byte[] data) {
    this.data = data;
    end = data.length;
    limit = Math.min(CHUNK, end);
  }

  /**
   * Hands over the next chunk.
   *
   * @throws FormatException if there is none
   */
  void more() throws FormatException {
    if (limit == end) {
      ended = true;
      throw new FormatException("the picture is truncated");
    }
    limit = end - limit > CHUNK ? limit + CHUNK : end;
  }

  /** Lets the file end with the chunk that was handed over last. */
  void endHere() {
    end = limit;
  }

  /** Returns whether the file has ended where more of it was needed. */
  boolean hasEnded() {
    return ended;
  }

  int u8() throws FormatException {
    if (at == limit) {
      more();
    }
    return data[at++] & 0xFF;
  }

  int u16() throws FormatException {
    return u8() << 8 | u8();
  }

  void skip(int count) throws FormatException {
    while (count > limit - at) {
      more();
    }
    at += Math.max(count, 0);
  }

  /** Moves to the place after the next marker, and skips all bytes before it. */
  void findMarker() throws FormatException {
    int b;
    do {
      do {
        b = u8();
      } while (b != 0xFF);
      do {
        b = u8();
      } while (b == 0xFF);
    } while (b == 0);
    marker = b;
  }

  /**
   * Moves to the place after the restart marker that is due. If there is another marker, it decides
   * as libjpeg's {@code jpeg_resync_to_restart} which data are lost: a marker that comes too early
   * is left for later, which leaves the data up to it empty.
   *
   * @param number the restart's number, 0 to 7
   */
  void restart(int number) throws FormatException {
    if (marker == 0) {
      findMarker();
    }
    while (marker < FIRST_FRAME || isBehind(number)) {
      findMarker();
    }
    if (isAtRestart() && !isAhead(number)) {
      marker = 0;
    }
  }

  /** Returns whether the marker ends a scan's data. */
  boolean isAtEnd() {
    return marker >= FIRST_FRAME && !isAtRestart();
  }

  private boolean isAtRestart() {
    return marker >= FIRST_RESTART && marker <= LAST_RESTART;
  }

  /** Returns whether the marker is one of the two previous restarts. */
  private boolean isBehind(int number) {
    return isRestart(number - 1) || isRestart(number - 2);
  }

  /** Returns whether the marker is one of the two following restarts. */
  private boolean isAhead(int number) {
    return isRestart(number + 1) || isRestart(number + 2);
  }

  private boolean isRestart(int number) {
    return marker == FIRST_RESTART + (number & 7);
  }
}
