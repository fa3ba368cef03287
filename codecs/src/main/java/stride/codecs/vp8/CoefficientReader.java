package stride.codecs.vp8;

import static stride.codecs.vp8.CoefficientProbabilities.OF_A_CONTEXT;
import static stride.codecs.vp8.CoefficientProbabilities.OF_A_TYPE;

import java.util.Arrays;

/** Reads macroblocks' coefficients, row by row (RFC 6386, section 13). */
final class CoefficientReader {
  /** The four kinds of blocks whose probabilities differ. */
  private static final int LUMA_WITHOUT_DC = 0;

  private static final int SECOND = OF_A_TYPE;
  private static final int CHROMA = 2 * OF_A_TYPE;
  private static final int LUMA = 3 * OF_A_TYPE;

  /**
   * The places of a macroblock's neighbours' flags: 4 of luma, 2 of each chroma, 1 of the second.
   */
  private static final int FLAGS = 9;

  private static final int SECOND_FLAG = 8;

  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** The probabilities of the extra bits of the four largest classes of values. */
  private static final int[][] EXTRA_BITS = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129},
  };

  private final int[] probabilities;
  private final Quantizer[] quantizers;
  private final int[] bands = CoefficientProbabilities.bands();
  private final short[] second = new short[16];

  /**
   * Whether the blocks above the row and on the left of the macroblock have coefficients: 1 or 0.
   */
  private final byte[] above;

  private final byte[] left = new byte[FLAGS];

  CoefficientReader(FrameHeader header, int macroblocksAcross) {
    probabilities = header.coefficientProbabilities();
    quantizers = header.quantizers();
    above = new byte[FLAGS * macroblocksAcross];
  }

  /** Moves to the beginning of the next row. */
  void beginRow() {
    Arrays.fill(left, (byte) 0);
  }

  /** Reads the coefficients of the macroblock in column {@code x}, whose modes have been read. */
  void read(BooleanReader in, int x, Macroblock macroblock) {
    macroblock.textured = false;
    if (macroblock.skipped) {
      // A macroblock without a second luma block keeps its flags.
      int flags = macroblock.split ? FLAGS - 1 : FLAGS;
      Arrays.fill(above, FLAGS * x, FLAGS * x + flags, (byte) 0);
      Arrays.fill(left, 0, flags, (byte) 0);
      return;
    }
    Arrays.fill(macroblock.coefficients, (short) 0);
    var quantizer = quantizers[macroblock.segment];
    if (macroblock.split) {
      blocks(in, LUMA, 0, quantizer.lumaDc(), quantizer.lumaAc(), x, 0, 4, 0, macroblock);
    } else {
      second(in, quantizer, x, macroblock.coefficients);
      blocks(in, LUMA_WITHOUT_DC, 1, 0, quantizer.lumaAc(), x, 0, 4, 0, macroblock);
    }
    int dc = quantizer.chromaDc();
    int ac = quantizer.chromaAc();
    blocks(in, CHROMA, 0, dc, ac, x, 4, 2, 16, macroblock);
    blocks(in, CHROMA, 0, dc, ac, x, 6, 2, 20, macroblock);
  }

  /** Reads the block that holds the luma blocks' first coefficients, and puts them there. */
  private void second(BooleanReader in, Quantizer quantizer, int x, short[] coefficients) {
    int flag = FLAGS * x + SECOND_FLAG;
    int context = above[flag] + left[SECOND_FLAG];
    Arrays.fill(second, (short) 0);
    int end = block(in, SECOND, context, 0, quantizer.secondDc(), quantizer.secondAc(), second, 0);
    byte any = (byte) (end > 0 ? 1 : 0);
    above[flag] = any;
    left[SECOND_FLAG] = any;
    if (end > 1) {
      InverseTransform.walshHadamard(second, coefficients);
    } else {
      short dc = (short) (second[0] + 3 >> 3);
      for (int i = 0; i < 16; i++) {
        coefficients[16 * i] = dc;
      }
    }
  }

  /**
   * Reads a square of blocks.
   *
   * @param first the first coefficient that is read
   * @param flags the place of the square's flags among those of a macroblock
   * @param side the number of blocks in a row
   * @param number the first block's
   */
  private void blocks(
      BooleanReader in,
      int type,
      int first,
      int dc,
      int ac,
      int x,
      int flags,
      int side,
      int number,
      Macroblock macroblock) {
    int aboveAt = FLAGS * x + flags;
    int block = number;
    for (int row = 0; row < side; row++) {
      byte onTheLeft = left[flags + row];
      for (int column = 0; column < side; column++, block++) {
        int context = above[aboveAt + column] + onTheLeft;
        int end = block(in, type, context, first, dc, ac, macroblock.coefficients, 16 * block);
        onTheLeft = (byte) (end > first ? 1 : 0);
        above[aboveAt + column] = onTheLeft;
        byte present =
            end > 3
                ? Macroblock.ALL
                : end > 1
                    ? Macroblock.THREE
                    : macroblock.coefficients[16 * block] != 0
                        ? Macroblock.ONLY_DC
                        : Macroblock.NOTHING;
        macroblock.present[block] = present;
        macroblock.textured |= present != Macroblock.NOTHING;
      }
      left[flags + row] = onTheLeft;
    }
  }

  /**
   * Reads a block's coefficients and dequantises them.
   *
   * @return the zigzag position after the last coefficient; {@code first} if the block has none
   */
  private int block(
      BooleanReader in, int type, int context, int first, int dc, int ac, short[] out, int at) {
    int[] p = probabilities;
    int i = type + bands[first] + context * OF_A_CONTEXT;
    for (int n = first; n < 16; n++) {
      if (!in.bit(p[i])) {
        return n;
      }
      while (!in.bit(p[i + 1])) {
        n++;
        if (n == 16) {
          return 16;
        }
        i = type + bands[n];
      }
      int next = type + bands[n + 1];
      int magnitude;
      if (in.bit(p[i + 2])) {
        magnitude = large(in, p, i);
        i = next + 2 * OF_A_CONTEXT;
      } else {
        magnitude = 1;
        i = next + OF_A_CONTEXT;
      }
      out[at + ZIGZAG[n]] = (short) (in.signed(magnitude) * (n == 0 ? dc : ac));
    }
    return 16;
  }

  /** Reads a magnitude of 2 or more. */
  private static int large(BooleanReader in, int[] p, int i) {
    if (!in.bit(p[i + 3])) {
      return !in.bit(p[i + 4]) ? 2 : in.bit(p[i + 5]) ? 4 : 3;
    }
    if (!in.bit(p[i + 6])) {
      if (!in.bit(p[i + 7])) {
        return in.bit(159) ? 6 : 5;
      }
      int high = in.bit(165) ? 2 : 0;
      return 7 + high + (in.bit(145) ? 1 : 0);
    }
    int kind = in.bit(p[i + 8]) ? in.bit(p[i + 10]) ? 3 : 2 : in.bit(p[i + 9]) ? 1 : 0;
    int extra = 0;
    for (int probability : EXTRA_BITS[kind]) {
      extra = 2 * extra + (in.bit(probability) ? 1 : 0);
    }
    return extra + 3 + (8 << kind);
  }
}
