package stride.codecs.vp8l;

import org.jspecify.annotations.Nullable;

/**
 * A canonical prefix code of at most 15 bits (RFC 9649, section 3.7.2), as tables in which the next
 * bits are looked up: one of at most 8 bits, and others for longer codes.
 *
 * @param table a symbol and, in the lower 8 bits, its length; in the first 256 entries also where,
 *     from that entry on, another table begins, and a length of more than 8: 8 and its bits
 */
record PrefixCode(int[] table) {
  static final int LONGEST = 15;

  private static final int ROOT_BITS = 8;

  /**
   * Returns the code of symbols that have these lengths.
   *
   * @param lengths the codes' lengths; 0 if the symbol has no code
   * @param count the number of symbols
   * @return null if there is no such code: too many bits for one, or too few, or no symbol at all.
   *     A single symbol takes no bits, for any length
   */
  static @Nullable PrefixCode of(int[] lengths, int count) {
    var ofLength = new int[LONGEST + 1];
    int last = 0;
    for (int symbol = 0; symbol < count; symbol++) {
      ofLength[lengths[symbol]]++;
      last = lengths[symbol] > 0 ? symbol : last;
    }
    int used = count - ofLength[0];
    ofLength[0] = 0;
    if (used == 1) {
      return new PrefixCode(new int[] {last << 8});
    }
    // The codes of each length begin after the shorter ones; together they fill all bits.
    var next = new int[LONGEST + 1];
    int code = 0;
    int longest = 0;
    for (int length = 1; length <= LONGEST; length++) {
      code = code + ofLength[length - 1] << 1;
      next[length] = code;
      longest = ofLength[length] > 0 ? length : longest;
      if (code + ofLength[length] > 1 << length) {
        return null;
      }
    }
    if (used == 0 || next[longest] + ofLength[longest] != 1 << longest) {
      return null;
    }
    return new PrefixCode(table(lengths, count, next, longest));
  }

  private static int[] table(int[] lengths, int count, int[] next, int longest) {
    int rootBits = Math.min(longest, ROOT_BITS);
    var codes = new int[count];
    var longestBehind = new int[1 << rootBits];
    for (int symbol = 0; symbol < count; symbol++) {
      int length = lengths[symbol];
      if (length > 0) {
        int code = Integer.reverse(next[length]++) >>> Integer.SIZE - length;
        codes[symbol] = code;
        int root = code & longestBehind.length - 1;
        longestBehind[root] = Math.max(longestBehind[root], length);
      }
    }
    int size = longestBehind.length;
    var begins = new int[longestBehind.length];
    for (int root = 0; root < begins.length; root++) {
      if (longestBehind[root] > rootBits) {
        begins[root] = size;
        size += 1 << longestBehind[root] - rootBits;
      }
    }
    var table = new int[size];
    for (int root = 0; root < begins.length; root++) {
      if (begins[root] > 0) {
        table[root] = begins[root] - root << 8 | longestBehind[root];
      }
    }
    for (int symbol = 0; symbol < count; symbol++) {
      int length = lengths[symbol];
      if (length > rootBits) {
        int root = codes[symbol] & begins.length - 1;
        int entries = 1 << longestBehind[root] - rootBits;
        repeat(table, begins[root], entries, codes[symbol] >> rootBits, length - rootBits, symbol);
      } else if (length > 0) {
        repeat(table, 0, begins.length, codes[symbol], length, symbol);
      }
    }
    return table;
  }

  /** Enters a symbol wherever the bits after its code may be anything. */
  private static void repeat(
      int[] table, int begin, int entries, int code, int length, int symbol) {
    for (int i = code; i < entries; i += 1 << length) {
      table[begin + i] = symbol << 8 | length;
    }
  }

  /** Reads a symbol of at most 15 available bits. */
  int read(BitReader in) {
    int at = in.peek() & Math.min(table.length, 1 << ROOT_BITS) - 1;
    int entry = table[at];
    int length = entry & 0xFF;
    if (length > ROOT_BITS) {
      in.skip(ROOT_BITS);
      at += (entry >>> 8) + (in.peek() & (1 << length - ROOT_BITS) - 1);
      entry = table[at];
      length = entry & 0xFF;
    }
    in.skip(length);
    return entry >>> 8;
  }

  /** Returns whether there is a single symbol, which takes no bits. */
  boolean isTrivial() {
    return table.length == 1;
  }
}
