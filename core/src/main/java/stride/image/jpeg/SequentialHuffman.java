package stride.image.jpeg;

import java.nio.ByteBuffer;
import stride.format.FormatException;

/** Huffman-coded blocks whose coefficients are all in one scan (T.81, F.2.2). */
final class SequentialHuffman implements EntropyDecoder {
  private static final int LOOKED_UP = HuffmanTable.LOOKED_UP;
  private static final int LOOKUP_MASK = (1 << LOOKED_UP) - 1;

  /** More bytes than a block can have. */
  private static final int BLOCK_BYTES = 512;

  /** With this many bits at hand, or fewer, the quick way reads {@link #AHEAD} more. */
  private static final int FEW = 16;

  private static final int AHEAD = 48;

  private final Input in;
  private final ByteBuffer bytes;
  private final BitReader reader;
  private final Restarts restarts;
  private final HuffmanTable[] dcTables;
  private final HuffmanTable[] acTables;
  private final int[] dc;
  private final int[] dcBefore;

  /** Whether the quick way has met a marker, which it does not process. */
  private boolean metMarker;

  SequentialHuffman(Input in, Segments segments, Scan scan) throws FormatException {
    this.in = in;
    bytes = ByteBuffer.wrap(in.data);
    restarts = new Restarts(in, segments.restartInterval());
    reader = new BitReader(in, !restarts.any());
    int parts = scan.parts().size();
    dcTables = new HuffmanTable[parts];
    acTables = new HuffmanTable[parts];
    for (int i = 0; i < parts; i++) {
      dcTables[i] = segments.huffman(true, scan.parts().get(i).dcTable());
      acTables[i] = segments.huffman(false, scan.parts().get(i).acTable());
    }
    dc = new int[parts];
    dcBefore = new int[parts];
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
      java.util.Arrays.fill(dc, 0);
    }
    if (reader.isExhausted()) {
      return;
    }
    System.arraycopy(dc, 0, dcBefore, 0, dc.length);
    while (true) {
      // Two ways, and libjpeg's choice between them, because they read ahead differently.
      if (!restarts.any()
          && in.marker == 0
          && in.limit - in.at >= BLOCK_BYTES * mcu.blocks
          && decodeQuickly(mcu)) {
        return;
      }
      int at = in.at;
      long bits = reader.bits;
      int count = reader.count;
      try {
        decodeCarefully(mcu);
        return;
      } catch (BitReader.Suspension e) {
        // The MCU is decoded from its beginning again.
        in.at = at;
        reader.bits = bits;
        reader.count = count;
        System.arraycopy(dcBefore, 0, dc, 0, dc.length);
        in.more();
      }
    }
  }

  private void decodeCarefully(Mcu mcu) throws FormatException {
    for (int b = 0; b < mcu.blocks; b++) {
      int part = mcu.part[b];
      int size = reader.symbol(dcTables[part]);
      if (size > 0) {
        dc[part] += reader.value(size);
      }
      mcu.set(b, 0, dc[part]);
      var table = acTables[part];
      for (int k = 1; k < 64; k++) {
        int symbol = reader.symbol(table);
        int run = symbol >> 4;
        size = symbol & 15;
        if (size > 0) {
          k += run;
          mcu.set(b, ZigZag.ORDER[k], reader.value(size));
        } else if (run < 15) {
          break;
        } else {
          k += 15;
        }
      }
    }
  }

  /**
   * Decodes an MCU without checking how many bytes are left.
   *
   * @return false if there is a marker among the bytes that were read ahead; then nothing has been
   *     read
   */
  private boolean decodeQuickly(Mcu mcu) {
    int at = in.at;
    long bits = reader.bits;
    int count = reader.count;
    for (int b = 0; b < mcu.blocks; b++) {
      int part = mcu.part[b];
      short[] block = mcu.rows[b];
      int begin = mcu.at[b];
      int[] factors = mcu.factors[b];

      var table = dcTables[part];
      if (count <= FEW) {
        bits = bits << AHEAD | ahead();
        count += AHEAD;
      }
      int entry = table.lookup()[(int) (bits >>> count - LOOKED_UP) & LOOKUP_MASK];
      int value = entry >> 16;
      int size = entry >> 4 & 15;
      if (value != 0) {
        count -= entry >> 8 & 15;
        if (count <= FEW) {
          bits = bits << AHEAD | ahead();
          count += AHEAD;
        }
        count -= size;
      } else {
        if ((entry & 0xF00) != 0) {
          count -= entry >> 8 & 15;
        } else {
          int code = longCode(table, bits, count);
          count -= code >> 8;
          size = code & 15;
        }
        if (size > 0) {
          if (count <= FEW) {
            bits = bits << AHEAD | ahead();
            count += AHEAD;
          }
          count -= size;
          value = HuffmanTable.extended((int) (bits >>> count) & (1 << size) - 1, size);
        }
      }
      dc[part] += value;
      short first = (short) (dc[part] * factors[0]);
      block[begin] = first;

      table = acTables[part];
      int[] lookup = table.lookup();
      int used = 0;
      int sum = Math.abs(first);
      for (int k = 1; k < 64; k++) {
        if (count <= FEW) {
          bits = bits << AHEAD | ahead();
          count += AHEAD;
        }
        entry = lookup[(int) (bits >>> count - LOOKED_UP) & LOOKUP_MASK];
        value = entry >> 16;
        size = entry >> 4 & 15;
        if (value != 0) {
          count -= entry >> 8 & 15;
          if (count <= FEW) {
            bits = bits << AHEAD | ahead();
            count += AHEAD;
          }
          count -= size;
          k += entry & 15;
          int place = ZigZag.ORDER[k];
          short multiplied = (short) (value * factors[place]);
          block[begin + place] = multiplied;
          used |= place;
          sum += Math.abs(multiplied);
          continue;
        }
        int run = entry & 15;
        if ((entry & 0xF00) != 0) {
          count -= entry >> 8 & 15;
        } else {
          int code = longCode(table, bits, count);
          count -= code >> 8;
          run = code >> 4 & 15;
          size = code & 15;
        }
        if (size > 0) {
          if (count <= FEW) {
            bits = bits << AHEAD | ahead();
            count += AHEAD;
          }
          count -= size;
          k += run;
          value = HuffmanTable.extended((int) (bits >>> count) & (1 << size) - 1, size);
          int place = ZigZag.ORDER[k];
          short multiplied = (short) (value * factors[place]);
          block[begin + place] = multiplied;
          used |= place;
          sum += Math.abs(multiplied);
        } else if (run < 15) {
          break;
        } else {
          k += 15;
        }
      }
      mcu.used[b] |= used;
      mcu.sum[b] += sum;
    }
    if (metMarker) {
      metMarker = false;
      in.at = at;
      System.arraycopy(dcBefore, 0, dc, 0, dc.length);
      return false;
    }
    reader.bits = bits;
    reader.count = count;
    return true;
  }

  /**
   * Returns a code that is longer than the bits looked up: its length times 256, and its symbol.
   */
  private static int longCode(HuffmanTable table, long bits, int count) {
    int length = LOOKED_UP + 1;
    int code = (int) (bits >>> count - length) & (1 << length) - 1;
    while (table.isLonger(code, length)) {
      length++;
      code = code << 1 | (int) (bits >>> count - length) & 1;
    }
    return length << 8 | table.symbol(code, length);
  }

  /** Returns the next {@link #AHEAD} bits; zeros after a marker. */
  private long ahead() {
    if (in.at <= in.data.length - 8) {
      long next = bytes.getLong(in.at);
      if (!BitReader.hasMarker(next)) {
        in.at += 6;
        return next >>> 64 - AHEAD;
      }
    }
    long next = 0;
    for (int i = 0; i < 6; i++) {
      next = next << 8 | aheadByte();
    }
    return next;
  }

  private int aheadByte() {
    int b = byteAt(in.at);
    if (b == 0xFF) {
      if (byteAt(in.at + 1) != 0) {
        metMarker = true;
        return 0;
      }
      in.at++;
    }
    in.at++;
    return b;
  }

  private int byteAt(int at) {
    return at < in.data.length ? in.data[at] & 0xFF : 0;
  }
}
