package stride.codecs.vp8l;

/**
 * Reads bits, a byte's lowest first. After the last byte it reads arbitrary bits, and {@link
 * #isPastEnd} is true then.
 */
final class BitReader {
  private static final int BITS = Long.SIZE;

  private final byte[] data;
  private final int end;
  private int at;

  /** The bits that come next, from bit {@link #used} on. */
  private long window;

  /** The number of the window's bits that have been read; beyond 64 at the end of the data. */
  private int used;

  private boolean pastEnd;

  BitReader(byte[] data, int from, int to) {
    this.data = data;
    end = to;
    at = from;
    while (at < end && at < from + Long.BYTES) {
      window |= (data[at] & 0xFFL) << 8 * (at - from);
      at++;
    }
  }

  /** Returns whether more bits were read than there are. */
  boolean isPastEnd() {
    return pastEnd || at == end && used > BITS;
  }

  /** Returns the number of bytes that have not been taken yet. */
  int left() {
    return end - at;
  }

  /** Returns the next bits: 32 of them after {@link #fill}, less those that were skipped since. */
  int peek() {
    return (int) (window >>> used);
  }

  /** Skips some of the bits that {@link #peek} returned. */
  void skip(int bits) {
    used += bits;
  }

  /** Makes 32 bits available, if there are as many. */
  void fill() {
    if (used >= Integer.SIZE) {
      load();
    }
  }

  private void load() {
    if (used >= Integer.SIZE && end - at >= Integer.BYTES) {
      int bytes =
          data[at] & 0xFF
              | (data[at + 1] & 0xFF) << 8
              | (data[at + 2] & 0xFF) << 16
              | data[at + 3] << 24;
      window = window >>> Integer.SIZE | (long) bytes << Integer.SIZE;
      at += Integer.BYTES;
      used -= Integer.SIZE;
    }
    while (used >= Byte.SIZE && at < end) {
      window = window >>> Byte.SIZE | (long) data[at++] << BITS - Byte.SIZE;
      used -= Byte.SIZE;
    }
    if (isPastEnd()) {
      pastEnd = true;
      used = 0;
    }
  }

  /** Reads an unsigned number of at most 24 bits; returns 0 after the end. */
  int read(int bits) {
    if (pastEnd) {
      return 0;
    }
    int number = peek() & (1 << bits) - 1;
    used += bits;
    load();
    return number;
  }

  boolean flag() {
    return read(1) != 0;
  }
}
