package stride.image.jpeg;

import stride.format.FormatException;

/**
 * A Huffman code (T.81, annex C), with tables to decode it.
 *
 * <p>The first bits of a code are looked up. An entry of the table for {@link #LOOKED_UP} bits
 * holds, from the lowest bit on: 4 bits of run, 4 bits of size, 4 bits with the code's length, 0 if
 * it is longer than the bits that were looked up, 4 unused bits, and 16 bits with the signed value
 * that follows the code, or 0 if that is not among the bits.
 */
final class HuffmanTable {
  /** The number of bits that {@link #lookup} takes. */
  static final int LOOKED_UP = 10;

  /** A length above that of any code, which ends the search for a code that does not exist. */
  private static final int TOO_LONG = 17;

  private final byte[] counts;
  private final byte[] symbols;
  private final int[] longest = new int[TOO_LONG + 1];
  private final int[] offset = new int[TOO_LONG + 1];
  private int[] lookup = {};

  /**
   * A code.
   *
   * @param counts the numbers of codes of the lengths 1 to 16
   * @param symbols of all codes, the shorter ones first, in an array of 256
   */
  HuffmanTable(byte[] counts, byte[] symbols) {
    this.counts = counts;
    this.symbols = symbols;
  }

  /**
   * Makes the table ready to decode with.
   *
   * @param dc whether it is for DC coefficients, which have no runs
   * @throws FormatException if the lengths make no code, as no symbol may be all ones
   */
  HuffmanTable prepare(boolean dc) throws FormatException {
    if (lookup.length > 0) {
      return this;
    }
    var made = new int[1 << LOOKED_UP];
    int code = 0;
    int symbol = 0;
    for (int length = 1; length <= 16; length++) {
      int count = counts[length - 1] & 0xFF;
      if (count > 0 && code + count >= 1 << length) {
        throw JpegPicture.damaged(
            "a Huffman table has too many codes of %d bits".formatted(length));
      }
      offset[length] = symbol - code;
      for (int i = 0; i < count; i++) {
        if (dc && (symbols[symbol] & 0xFF) > 15) {
          throw JpegPicture.damaged("a Huffman table for DC coefficients has a size over 15");
        }
        if (length <= LOOKED_UP) {
          enter(made, code, length, symbols[symbol] & 0xFF);
        }
        code++;
        symbol++;
      }
      longest[length] = count == 0 ? -1 : code - 1;
      code <<= 1;
    }
    longest[TOO_LONG] = Integer.MAX_VALUE;
    lookup = made;
    return this;
  }

  /** Enters a code with all bits that may follow it. */
  private static void enter(int[] lookup, int code, int length, int symbol) {
    int rest = LOOKED_UP - length;
    int size = symbol & 15;
    for (int bits = 0; bits < 1 << rest; bits++) {
      int value = size > 0 && size <= rest ? extended(bits >> (rest - size), size) : 0;
      lookup[code << rest | bits] = value << 16 | length << 8 | size << 4 | symbol >> 4;
    }
  }

  /** Returns the value of some bits (T.81, figure F.12): those with a leading 0 are negative. */
  static int extended(int bits, int size) {
    return bits + (bits - (1 << size - 1) >> 31 & (-1 << size) + 1);
  }

  int[] lookup() {
    return lookup;
  }

  /** Returns whether a code continues after these bits. */
  boolean isLonger(int code, int length) {
    return code > longest[length];
  }

  /** Returns the symbol of a code, 0 for one that does not exist. */
  int symbol(int code, int length) {
    return length == TOO_LONG ? 0 : symbols[code + offset[length] & 0xFF] & 0xFF;
  }
}
