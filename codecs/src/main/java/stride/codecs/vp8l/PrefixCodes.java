package stride.codecs.vp8l;

import java.util.Arrays;
import stride.format.FormatException;

/**
 * The five prefix codes of a part of a picture (RFC 9649, section 3.7.2.1).
 *
 * @param green of green values, lengths of copies and places in the colour cache
 */
record PrefixCodes(
    PrefixCode green, PrefixCode red, PrefixCode blue, PrefixCode alpha, PrefixCode distance) {
  static final int VALUES = 256;
  static final int LENGTHS = 24;

  private static final int DISTANCES = 40;

  /** The order of the lengths of the code of lengths. */
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  private static final int REPEAT = 16;
  private static final int ZEROS = 17;

  /** The length that is repeated while all lengths so far are 0. */
  private static final int FIRST_REPEATED = 8;

  /** Reads the codes of a picture with a colour cache of this many places. */
  static PrefixCodes read(BitReader in, int cacheSize) throws FormatException {
    return new PrefixCodes(
        code(in, VALUES + LENGTHS + cacheSize),
        code(in, VALUES),
        code(in, VALUES),
        code(in, VALUES),
        code(in, DISTANCES));
  }

  /** Returns whether red, blue and alpha take no bits. */
  boolean isGreenOnly() {
    return red.isTrivial() && blue.isTrivial() && alpha.isTrivial();
  }

  private static PrefixCode code(BitReader in, int symbols) throws FormatException {
    var lengths = new int[Math.max(symbols, VALUES)];
    if (in.flag()) {
      boolean two = in.flag();
      // A symbol outside of the alphabet makes the code invalid.
      lengths[in.read(in.flag() ? 8 : 1)] = 1;
      if (two) {
        lengths[in.read(8)] = 1;
      }
    } else {
      readLengths(in, lengths, symbols);
    }
    if (in.isPastEnd()) {
      throw new FormatException("the picture is truncated: its VP8L data ends in a prefix code");
    }
    var code = PrefixCode.of(lengths, symbols);
    if (code == null) {
      throw damaged();
    }
    return code;
  }

  private static void readLengths(BitReader in, int[] lengths, int symbols) throws FormatException {
    var lengthsOfLengths = new int[ORDER.length];
    int count = in.read(4) + 4;
    for (int i = 0; i < count; i++) {
      lengthsOfLengths[ORDER[i]] = in.read(3);
    }
    var code = PrefixCode.of(lengthsOfLengths, ORDER.length);
    if (code == null) {
      throw damaged();
    }
    int left = in.flag() ? 2 + in.read(2 + 2 * in.read(3)) : symbols;
    if (left > symbols) {
      throw damaged();
    }
    int repeated = FIRST_REPEATED;
    for (int symbol = 0; symbol < symbols && left > 0; left--) {
      in.fill();
      int length = code.read(in);
      if (length < REPEAT) {
        lengths[symbol++] = length;
        repeated = length > 0 ? length : repeated;
        continue;
      }
      int times =
          length == REPEAT ? 3 + in.read(2) : length == ZEROS ? 3 + in.read(3) : 11 + in.read(7);
      if (symbol + times > symbols) {
        throw damaged();
      }
      Arrays.fill(lengths, symbol, symbol + times, length == REPEAT ? repeated : 0);
      symbol += times;
    }
  }

  private static FormatException damaged() {
    return new FormatException("the picture is damaged: its VP8L data has an invalid prefix code");
  }
}
