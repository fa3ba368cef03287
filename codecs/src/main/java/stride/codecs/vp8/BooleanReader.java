package stride.codecs.vp8;

/**
 * Reads bits that were coded with probabilities: the boolean entropy decoder of RFC 6386, section
 * 7. After the last byte it reads zeros, and records that it did. The arithmetic is as wide as
 * libwebp's, so that damaged data, whose value may exceed the range, give the same bits in both.
 */
final class BooleanReader {
  /** The number of bytes that are taken at once, as long as there is one more. */
  private static final int BYTES = 7;

  private final byte[] data;
  private final int end;
  private int at;

  /** The data that have been read and not been decoded. */
  private long value;

  /**
   * The number of the value's lowest bits that are not decoded yet; below 0 if some are missing.
   */
  private int spare = -Byte.SIZE;

  /** 1 less than in the RFC: 127 to 254 between two bits. */
  private int range = 254;

  private boolean pastEnd;

  BooleanReader(byte[] data, int from, int to) {
    this.data = data;
    at = from;
    end = to;
    fill();
  }

  /** Returns whether bits were read after the end of the data. */
  boolean isPastEnd() {
    return pastEnd;
  }

  private void fill() {
    if (end - at > BYTES) {
      long bytes = 0;
      for (int i = at; i < at + BYTES; i++) {
        bytes = bytes << Byte.SIZE | data[i] & 0xFF;
      }
      at += BYTES;
      value = value << Byte.SIZE * BYTES | bytes;
      spare += Byte.SIZE * BYTES;
    } else if (at < end) {
      value = value << Byte.SIZE | data[at++] & 0xFF;
      spare += Byte.SIZE;
    } else {
      pastEnd = true;
      value = 0;
      spare = Integer.MAX_VALUE / 2;
    }
  }

  /**
   * Reads a bit.
   *
   * @param probability of a zero, in 256ths
   */
  boolean bit(int probability) {
    if (spare < 0) {
      fill();
    }
    int split = range * probability >> 8;
    boolean one = Integer.compareUnsigned((int) (value >>> spare), split) > 0;
    int left;
    if (one) {
      left = range - split;
      value -= split + 1L << spare;
    } else {
      left = split + 1;
    }
    int shift = Integer.numberOfLeadingZeros(left) - 24;
    range = (left << shift) - 1;
    spare -= shift;
    return one;
  }

  /** Reads a bit that is one or zero with equal probability. */
  boolean flag() {
    return bit(128);
  }

  /**
   * Reads a sign that is minus or plus with equal probability, without a branch, which would be
   * mispredicted every other time. It must not be the first bit: after that, the range is below
   * 254.
   */
  int signed(int magnitude) {
    if (spare < 0) {
      fill();
    }
    int split = range >> 1;
    int minus = split - (int) (value >>> spare) >> 31;
    value -= (split + 1L & minus) << spare;
    range = range + minus | 1;
    spare--;
    return (magnitude ^ minus) - minus;
  }

  /** Reads an unsigned number, the uppermost bit first. */
  int number(int bits) {
    int number = 0;
    for (int i = 0; i < bits; i++) {
      number = 2 * number + (flag() ? 1 : 0);
    }
    return number;
  }

  /** Reads a flag, and, if it is set, a number and its sign; else returns 0. */
  int optionalSigned(int bits) {
    if (!flag()) {
      return 0;
    }
    int magnitude = number(bits);
    return flag() ? -magnitude : magnitude;
  }
}
