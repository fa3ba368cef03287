package stride.image.jpeg;

import java.nio.ByteBuffer;
import stride.format.FormatException;

/**
 * Reads the bits of Huffman-coded data: FF00 is a byte FF, and any other FF begins the marker that
 * ends the data. After it, all bits are 0.
 *
 * <p>Reads ahead as far as libjpeg does, because a file that ends within the bits read ahead counts
 * as truncated, whether or not the bits are needed.
 */
final class BitReader {
  /** libjpeg's {@code MIN_GET_BITS}: with this many bits at hand no further byte fits. */
  private static final int FULL = 57;

  /**
   * libjpeg's {@code HUFF_LOOKAHEAD}: it reads ahead if there are fewer bits in front of a code.
   */
  private static final int AHEAD = 8;

  private static final int LOOKED_UP = HuffmanTable.LOOKED_UP;

  /** Thrown where the next chunk is needed, if the reader does not fetch it itself. */
  static final class Suspension extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Suspension ONLY = new Suspension();

    private Suspension() {
      super(null, null, false, false);
    }
  }

  private final Input in;
  private final ByteBuffer bytes;
  private final boolean suspends;
  private boolean exhausted;

  /** The bits that have been read ahead, the first one uppermost, and their number. */
  long bits;

  int count;

  /**
   * Reads from the input's place.
   *
   * @param suspends whether to throw a {@link Suspension} where a chunk ends
   */
  BitReader(Input in, boolean suspends) {
    this.in = in;
    this.suspends = suspends;
    bytes = ByteBuffer.wrap(in.data);
  }

  /** Drops the bits that have been read ahead. */
  void restart() {
    count = 0;
    // Directly at a marker, there are no data up to the next one either.
    exhausted &= in.marker != 0;
  }

  boolean isExhausted() {
    return exhausted;
  }

  /** Returns the next symbol. */
  int symbol(HuffmanTable table) throws FormatException {
    if (count < AHEAD) {
      fill(0);
      if (count < AHEAD) {
        return symbol(table, 1);
      }
    }
    long next = count < LOOKED_UP ? bits << LOOKED_UP - count : bits >>> count - LOOKED_UP;
    int entry = table.lookup()[(int) next & (1 << LOOKED_UP) - 1];
    int length = entry >> 8 & 15;
    if (length == 0 || length > count) {
      return symbol(table, AHEAD + 1);
    }
    count -= length;
    return (entry & 15) << 4 | entry >> 4 & 15;
  }

  /** Returns the symbol of a code that has at least {@code bits} bits. */
  private int symbol(HuffmanTable table, int shortest) throws FormatException {
    int length = shortest;
    int code = number(length);
    while (table.isLonger(code, length)) {
      code = code << 1 | number(1);
      length++;
    }
    return table.symbol(code, length);
  }

  /** Returns the next bits as a number, at most 16 of them. */
  int number(int size) throws FormatException {
    if (count < size) {
      fill(size);
    }
    count -= size;
    return (int) (bits >>> count) & (1 << size) - 1;
  }

  /** Returns the signed value of the next bits, at least 1 of them. */
  int value(int size) throws FormatException {
    return HuffmanTable.extended(number(size), size);
  }

  /** Reads ahead until no further byte fits; if the data end, until there are the bits wanted. */
  private void fill(int wanted) throws FormatException {
    while (in.marker == 0 && count < FULL) {
      if (in.limit - in.at >= 8) {
        long next = bytes.getLong(in.at);
        if (!hasMarker(next)) {
          int more = 64 - count >> 3;
          bits = more == 8 ? next : bits << 8 * more | next >>> 64 - 8 * more;
          count += 8 * more;
          in.at += more;
          return;
        }
      }
      readByte();
    }
    if (count < wanted) {
      exhausted = true;
      bits <<= FULL - count;
      count = FULL;
    }
  }

  private void readByte() throws FormatException {
    int at = in.at;
    do {
      if (at == in.limit) {
        if (suspends) {
          throw Suspension.ONLY;
        }
        in.more();
      }
      at++;
    } while (in.data[at - 1] == -1);
    int b = in.data[at - 1] & 0xFF;
    if (at - in.at > 1) {
      if (b != 0) {
        in.marker = b;
        in.at = at;
        return;
      }
      b = 0xFF;
    }
    in.at = at;
    bits = bits << 8 | b;
    count += 8;
  }

  /** Returns whether any of eight bytes is FF; sometimes also true if none is. */
  static boolean hasMarker(long bytes) {
    return (~bytes - 0x0101010101010101L & bytes & 0x8080808080808080L) != 0;
  }
}
