package stride.image.jpeg;

import java.util.Arrays;
import stride.format.FormatException;

/**
 * Decodes DC and AC coefficients of arithmetic-coded data (T.81, F.2.4), and keeps their
 * statistics, by the number of a table. Where data are invalid, all coefficients up to the next
 * restart stay unchanged.
 */
final class ArithmeticBlocks {
  /** More kinds of decisions than DC and AC coefficients have. */
  private static final int DC_STATES = 64;

  private static final int AC_STATES = 256;

  /** The place of the decisions on sizes (tables F.4 and F.5). */
  private static final int DC_SIZES = 20;

  private static final int AC_SIZES_LOW = 189;
  private static final int AC_SIZES_HIGH = 217;

  /** The distance from the decisions on a size to those on its further bits. */
  private static final int BITS = 14;

  private static final int TOO_LARGE = 0x8000;

  private final ArithmeticReader reader;
  private final Conditioning conditioning;
  private final byte[][] dcStates = new byte[Conditioning.TABLES][DC_STATES];
  private final byte[][] acStates = new byte[Conditioning.TABLES][AC_STATES];
  private final byte[] even = {ArithmeticReader.EVEN};
  private final int[] dc = new int[4];
  private final int[] context = new int[4];
  private boolean failed;

  ArithmeticBlocks(Input in, Conditioning conditioning) {
    reader = new ArithmeticReader(in);
    this.conditioning = conditioning;
  }

  /** Resets all statistics, and begins with the next byte. */
  void restart() {
    reader.restart();
    for (byte[] states : dcStates) {
      Arrays.fill(states, (byte) 0);
    }
    for (byte[] states : acStates) {
      Arrays.fill(states, (byte) 0);
    }
    Arrays.fill(dc, 0);
    Arrays.fill(context, 0);
    failed = false;
  }

  /** Returns whether the data up to the next restart are lost. */
  boolean hasFailed() {
    return failed;
  }

  /** Reads a decision whose outcomes are equally probable. */
  boolean decide() throws FormatException {
    return reader.decide(even, 0);
  }

  /**
   * Returns the next DC coefficient of one of the scan's components; check {@link #hasFailed}
   * afterwards.
   */
  int nextDc(int part, int table) throws FormatException {
    byte[] states = dcStates[table];
    int at = context[part];
    if (!reader.decide(states, at)) {
      context[part] = 0;
      return (short) dc[part];
    }
    boolean negative = reader.decide(states, at + 1);
    int sign = negative ? 1 : 0;
    at += 2 + sign;
    int size = 0;
    if (reader.decide(states, at)) {
      size = 1;
      at = DC_SIZES;
      while (reader.decide(states, at)) {
        size <<= 1;
        if (size == TOO_LARGE) {
          failed = true;
          return 0;
        }
        at++;
      }
    }
    context[part] =
        size < conditioning.small(table)
            ? 0
            : (size > conditioning.large(table) ? 12 : 4) + 4 * sign;
    int value = bits(states, at, size) + 1;
    dc[part] += negative ? -value : value;
    return (short) dc[part];
  }

  /**
   * Decodes the AC coefficients of a block from {@code first} to {@code last}.
   *
   * @return the last one that is not 0, or 0 if all are 0
   */
  int decodeAc(int table, short[] block, int begin, int first, int last, int lowBit)
      throws FormatException {
    byte[] states = acStates[table];
    int found = 0;
    for (int k = first; k <= last; k++) {
      int at = 3 * (k - 1);
      if (reader.decide(states, at)) {
        break;
      }
      while (!reader.decide(states, at + 1)) {
        at += 3;
        k++;
        if (k > last) {
          failed = true;
          return found;
        }
      }
      boolean negative = decide();
      at += 2;
      int size = 0;
      if (reader.decide(states, at)) {
        size = 1;
        if (reader.decide(states, at)) {
          size = 2;
          at = k <= conditioning.low(table) ? AC_SIZES_LOW : AC_SIZES_HIGH;
          while (reader.decide(states, at)) {
            size <<= 1;
            if (size == TOO_LARGE) {
              failed = true;
              return found;
            }
            at++;
          }
        }
      }
      int value = bits(states, at, size) + 1;
      block[begin + ZigZag.ORDER[k]] = (short) ((negative ? -value : value) << lowBit);
      found = k;
    }
    return found;
  }

  /** Returns the bits of a magnitude below its uppermost bit, {@code size}. */
  private int bits(byte[] states, int at, int size) throws FormatException {
    int value = size;
    for (int bit = size >> 1; bit > 0; bit >>= 1) {
      if (reader.decide(states, at + BITS)) {
        value |= bit;
      }
    }
    return value;
  }

  /** Gives the AC coefficients of a block one more bit. */
  void refineAc(int table, short[] block, int begin, int first, int last, int lowBit)
      throws FormatException {
    byte[] states = acStates[table];
    short plus = (short) (1 << lowBit);
    short minus = (short) -plus;
    int known = last;
    while (known > 0 && block[begin + ZigZag.ORDER[known]] == 0) {
      known--;
    }
    for (int k = first; k <= last; k++) {
      int at = 3 * (k - 1);
      if (k > known && reader.decide(states, at)) {
        break;
      }
      while (true) {
        int into = begin + ZigZag.ORDER[k];
        if (block[into] != 0) {
          if (reader.decide(states, at + 2)) {
            block[into] += block[into] < 0 ? minus : plus;
          }
          break;
        }
        if (reader.decide(states, at + 1)) {
          block[into] = decide() ? minus : plus;
          break;
        }
        at += 3;
        k++;
        if (k > last) {
          failed = true;
          return;
        }
      }
    }
  }
}
