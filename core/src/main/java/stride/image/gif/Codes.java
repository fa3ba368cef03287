package stride.image.gif;

import stride.format.FormatException;

/**
 * Decompresses an image's indices (Welch's variant of Lempel and Ziv's compression), as PIL does:
 * bytes after the last pixel are ignored.
 */
final class Codes {
  private static final int MAX_BITS = 12;
  private static final int TABLE = 1 << MAX_BITS;
  private static final int NONE = -1;

  private final Blocks blocks;

  /** The bits of the first codes, less one. */
  private final int bits;

  /** For each code the code that it continues, and the index that it adds. */
  private final short[] before = new short[TABLE];

  private final byte[] last = new byte[TABLE];
  private final byte[] string = new byte[TABLE];

  private byte[] block = {};
  private int used;
  private int buffer;
  private int buffered;

  /**
   * @param blocks the cursor, at the first block
   * @throws FormatException if there are no such codes
   */
  Codes(Blocks blocks, int bits) throws FormatException {
    if (bits > MAX_BITS) {
      throw new FormatException(
          "the picture is damaged: its codes begin with %d bits, at most %d are allowed"
              .formatted(bits, MAX_BITS));
    }
    this.blocks = blocks;
    this.bits = bits;
  }

  /**
   * Decompresses a number of indices.
   *
   * @throws FormatException if there are fewer, or a code is not defined
   */
  byte[] read(int count) throws FormatException {
    var indices = new byte[count];
    int clear = 1 << bits;
    int end = clear + 1;
    int size = bits + 1;
    int next = clear + 2;
    int previous = NONE;
    byte first = 0;
    int done = 0;
    while (done < count) {
      int code = code(size);
      if (code == clear) {
        size = bits + 1;
        next = clear + 2;
        previous = NONE;
        continue;
      }
      if (code == end) {
        throw new FormatException("the picture is truncated");
      }
      if (code > (previous == NONE ? clear : next)) {
        throw new FormatException(
            "the picture is damaged: its code %d is not defined".formatted(code));
      }
      // A string is found from its end on.
      int length = 0;
      int at = code;
      if (code == next && previous != NONE) {
        string[length++] = first;
        at = previous;
      }
      while (at >= clear) {
        if (length == TABLE || at >= TABLE) {
          throw new FormatException("the picture is damaged: one of its codes is endless");
        }
        string[length++] = last[at];
        at = before[at];
      }
      first = (byte) at;
      if (previous != NONE && next < TABLE) {
        before[next] = (short) previous;
        last[next] = first;
        if (next == (1 << size) - 1 && size < MAX_BITS) {
          size++;
        }
        next++;
      }
      previous = code;
      indices[done++] = first;
      while (length > 0 && done < count) {
        indices[done++] = string[--length];
      }
    }
    return indices;
  }

  /** Returns the next code. */
  private int code(int size) throws FormatException {
    while (buffered < size) {
      while (used == block.length) {
        block = blocks.block();
        used = 0;
      }
      buffer |= (block[used++] & 0xFF) << buffered;
      buffered += Byte.SIZE;
    }
    int code = buffer & (1 << size) - 1;
    buffer >>>= size;
    buffered -= size;
    return code;
  }
}
