package stride.image.jpeg;

import stride.format.FormatException;

/** Arithmetic-coded blocks of which a scan gives some coefficients, or some bits (T.81, G.1.3). */
final class ProgressiveArithmetic implements EntropyDecoder {
  private final ArithmeticBlocks blocks;
  private final Restarts restarts;
  private final Scan scan;

  ProgressiveArithmetic(Input in, Segments segments, Scan scan) {
    this.scan = scan;
    blocks = new ArithmeticBlocks(in, segments.conditioning());
    restarts = new Restarts(in, segments.restartInterval());
  }

  @Override
  public boolean isExhausted() {
    return false;
  }

  @Override
  public boolean isOver() {
    return false;
  }

  @Override
  public void decode(Mcu mcu) throws FormatException {
    if (restarts.isDue()) {
      blocks.restart();
    }
    if (scan.first() == 0) {
      decodeDc(mcu);
    } else if (!blocks.hasFailed()) {
      int table = scan.parts().get(0).acTable();
      short[] block = mcu.rows[0];
      int begin = mcu.at[0];
      if (scan.highBit() == 0) {
        blocks.decodeAc(table, block, begin, scan.first(), scan.last(), scan.lowBit());
      } else {
        blocks.refineAc(table, block, begin, scan.first(), scan.last(), scan.lowBit());
      }
    }
  }

  private void decodeDc(Mcu mcu) throws FormatException {
    for (int b = 0; b < mcu.blocks && !blocks.hasFailed(); b++) {
      if (scan.highBit() > 0) {
        if (blocks.decide()) {
          mcu.rows[b][mcu.at[b]] |= (short) (1 << scan.lowBit());
        }
        continue;
      }
      int dc = blocks.nextDc(mcu.part[b], scan.parts().get(mcu.part[b]).dcTable());
      if (!blocks.hasFailed()) {
        mcu.rows[b][mcu.at[b]] = (short) (dc << scan.lowBit());
      }
    }
  }
}
