package stride.image.jpeg;

import stride.format.FormatException;

/** Arithmetic-coded blocks whose coefficients are all in one scan (T.81, F.2.4). */
final class SequentialArithmetic implements EntropyDecoder {
  private final ArithmeticBlocks blocks;
  private final Restarts restarts;
  private final Scan scan;

  SequentialArithmetic(Input in, Segments segments, Scan scan) {
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
    for (int b = 0; b < mcu.blocks && !blocks.hasFailed(); b++) {
      var part = scan.parts().get(mcu.part[b]);
      int dc = blocks.nextDc(mcu.part[b], part.dcTable());
      if (blocks.hasFailed()) {
        return;
      }
      mcu.set(b, 0, dc);
      int last = blocks.decodeAc(part.acTable(), mcu.rows[b], mcu.at[b], 1, 63, 0);
      for (int k = 1; k <= last; k++) {
        int place = ZigZag.ORDER[k];
        int value = mcu.rows[b][mcu.at[b] + place];
        if (value != 0) {
          mcu.set(b, place, value);
        }
      }
    }
  }
}
