package stride.codecs.vp8;

/**
 * Reads bits that were coded with probabilities: the boolean entropy decoder of RFC 6386, section
 * 7. Behind its last byte it reads zeros, and remembers that it did.
 */
final class BooleanReader {
  /** Where the eight bits lie in {@link #value} that are compared with the split of the range. */
  private static final int WINDOW = 48;

  private final byte[] data;
  private final int end;
  private int at;

  /** What has been read and not been decoded, uppermost in the lower 56 bits. */
  private long value;

  /** How many bits of the value are there in addition to the eight that are compared. */
  private int spare = -8;

  /** 128 to 255 between two bits. */
  private int range = 255;

  private boolean pastEnd;

  BooleanReader(byte[] data, int from, int to) {
    this.data = data;
    at = from;
    end = to;
    fill();
  }

  /** Whether bits were wanted that the data does not have. */
  boolean isPastEnd() {
    return pastEnd;
  }

  private void fill() {
    if (at == end) {
      pastEnd = true;
      spare = Integer.MAX_VALUE / 2;
      return;
    }
    while (spare < WINDOW - 8 && at < end) {
      value |= (data[at++] & 0xFFL) << WINDOW - 8 - spare;
      spare += 8;
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
    int split = 1 + ((range - 1) * probability >> 8);
    long border = (long) split << WINDOW;
    boolean one = value >= border;
    if (one) {
      split = range - split;
      value -= border;
    }
    int shift = Integer.numberOfLeadingZeros(split) - 24;
    range = split << shift;
    value <<= shift;
    spare -= shift;
    return one;
  }

  /** Reads a bit that is as likely one as zero. */
  boolean flag() {
    return bit(128);
  }

  /**
   * Reads a sign that is as likely minus as plus, without a branch, which would be foreseen wrongly
   * every other time. Never the first bit that is read: behind it, the range is below 255.
   */
  int signed(int magnitude) {
    if (spare < 0) {
      fill();
    }
    int split = range + 1 >> 1;
    long border = (long) split << WINDOW;
    long above = value - border;
    long plus = above >> 63;
    value = above + (border & plus) << 1;
    range = (split & (int) plus | range - split & (int) ~plus) << 1;
    spare--;
    int minus = (int) ~plus;
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

  /** Reads a number and its sign, if a flag in front of it says that there is one; else 0. */
  int optionalSigned(int bits) {
    if (!flag()) {
      return 0;
    }
    int magnitude = number(bits);
    return flag() ? -magnitude : magnitude;
  }
}
