package stride.image.jpeg;

import java.util.Arrays;
import stride.format.FormatException;

/** Huffman-coded blocks of which a scan gives some coefficients, or some bits (T.81, G.1.2). */
final class ProgressiveHuffman implements EntropyDecoder {
  private static final short[] NOTHING = new short[63];

  private final BitReader reader;
  private final Restarts restarts;
  private final Scan scan;
  private final HuffmanTable[] tables;
  private final int[] dc;

  /** The value of the lowest bit that the scan gives, and its negative. */
  private final int plus;

  private final int minus;

  /** The number of following blocks without new coefficients. */
  private int empty;

  ProgressiveHuffman(Input in, Segments segments, Scan scan) throws FormatException {
    this.scan = scan;
    reader = new BitReader(in, false);
    restarts = new Restarts(in, segments.restartInterval());
    plus = 1 << scan.lowBit();
    minus = -1 << scan.lowBit();
    int parts = scan.parts().size();
    dc = new int[parts];
    boolean isDc = scan.first() == 0;
    tables = new HuffmanTable[isDc && scan.highBit() > 0 ? 0 : parts];
    for (int i = 0; i < tables.length; i++) {
      var part = scan.parts().get(i);
      tables[i] = segments.huffman(isDc, isDc ? part.dcTable() : part.acTable());
    }
  }

  @Override
  public boolean isExhausted() {
    return reader.isExhausted();
  }

  @Override
  public boolean isOver() {
    return reader.isExhausted() && restarts.areOver();
  }

  @Override
  public void decode(Mcu mcu) throws FormatException {
    if (restarts.isDue()) {
      reader.restart();
      Arrays.fill(dc, 0);
      empty = 0;
    }
    if (reader.isExhausted()) {
      return;
    }
    if (scan.first() == 0) {
      if (scan.highBit() == 0) {
        decodeDc(mcu);
      } else {
        refineDc(mcu);
      }
    } else if (scan.highBit() == 0) {
      decodeAc(mcu.rows[0], mcu.at[0]);
    } else {
      refineAc(mcu.rows[0], mcu.at[0]);
    }
  }

  private void decodeDc(Mcu mcu) throws FormatException {
    for (int b = 0; b < mcu.blocks; b++) {
      int part = mcu.part[b];
      int size = reader.symbol(tables[part]);
      int difference = size > 0 ? reader.value(size) : 0;
      long value = (long) dc[part] + difference;
      if (value != (int) value) {
        throw JpegPicture.damaged("a DC coefficient is beyond all bounds");
      }
      dc[part] = (int) value;
      mcu.rows[b][mcu.at[b]] = (short) (dc[part] << scan.lowBit());
    }
  }

  private void refineDc(Mcu mcu) throws FormatException {
    for (int b = 0; b < mcu.blocks; b++) {
      if (reader.number(1) != 0) {
        mcu.rows[b][mcu.at[b]] |= (short) plus;
      }
    }
  }

  private void decodeAc(short[] block, int begin) throws FormatException {
    if (empty > 0) {
      empty--;
      return;
    }
    var table = tables[0];
    for (int k = scan.first(); k <= scan.last(); k++) {
      int symbol = reader.symbol(table);
      int run = symbol >> 4;
      int size = symbol & 15;
      if (size > 0) {
        k += run;
        block[begin + ZigZag.ORDER[k]] = (short) (reader.value(size) << scan.lowBit());
      } else if (run < 15) {
        empty = (1 << run) - 1 + reader.number(run);
        break;
      } else {
        k += 15;
      }
    }
  }

  private void refineAc(short[] block, int begin) throws FormatException {
    int k = scan.first();
    if (empty == 0) {
      for (; k <= scan.last(); k++) {
        int symbol = reader.symbol(tables[0]);
        int run = symbol >> 4;
        int value = 0;
        if ((symbol & 15) > 0) {
          value = reader.number(1) != 0 ? plus : minus;
        } else if (run < 15) {
          empty = (1 << run) + reader.number(run);
          break;
        }
        k = refineUpTo(block, begin, k, run);
        if (value != 0) {
          block[begin + ZigZag.ORDER[k]] = (short) value;
        }
      }
    }
    if (empty > 0) {
      // Most such blocks have nothing to refine.
      if (Arrays.mismatch(block, begin + 1, begin + 64, NOTHING, 0, 63) >= 0) {
        refineUpTo(block, begin, k, 64);
      }
      empty--;
    }
  }

  /**
   * Refines the coefficients that are known already.
   *
   * @return the place after more than {@code zeros} coefficients that are still zero, or after the
   *     scan's last one
   */
  private int refineUpTo(short[] block, int begin, int first, int zeros) throws FormatException {
    int left = zeros;
    int k = first;
    for (; k <= scan.last(); k++) {
      int at = begin + ZigZag.ORDER[k];
      int known = block[at];
      if (known == 0) {
        if (--left < 0) {
          break;
        }
      } else if (reader.number(1) != 0 && (known & plus) == 0) {
        block[at] = (short) (known + (known > 0 ? plus : minus));
      }
    }
    return k;
  }
}
