package stride.image.jpeg;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The samples of a picture with a single scan, decoded when they are needed. */
final class SingleScan implements Rendering.Source {
  private final Scan scan;
  private final Frame frame;
  private final EntropyDecoder decoder;
  private final Mcu mcu;
  private final short[] blocks;
  private final InverseDct transform = new InverseDct();

  SingleScan(Scan scan, Frame frame, EntropyDecoder decoder) {
    this.scan = scan;
    this.frame = frame;
    this.decoder = decoder;
    mcu = new Mcu(scan);
    blocks = new short[64 * mcu.blocks];
    for (int b = 0; b < mcu.blocks; b++) {
      mcu.rows[b] = blocks;
      mcu.at[b] = 64 * b;
    }
  }

  @Override
  public void fill(int row, List<Strip> strips) throws IOException {
    if (scan.parts().size() > 1) {
      int across = Math.ceilDiv(frame.width(), 8 * frame.acrossMost());
      for (int column = 0; column < across; column++) {
        decoder.decode(mcu);
        int b = 0;
        for (var part : scan.parts()) {
          var component = part.component();
          for (int y = 0; y < component.down; y++) {
            for (int x = 0; x < component.across; x++) {
              transform(
                  b++,
                  component,
                  strips.get(component.index),
                  column * component.across + x,
                  row * component.down + y);
            }
          }
        }
      }
      return;
    }
    var component = scan.parts().get(0).component();
    int end = Math.min((row + 1) * component.down, component.blocksDown);
    for (int y = row * component.down; y < end; y++) {
      for (int x = 0; x < component.blocksAcross; x++) {
        decoder.decode(mcu);
        transform(0, component, strips.get(0), x, y);
      }
    }
  }

  /** Transforms a block, unless it only fills up an MCU at the border, and clears it. */
  private void transform(int b, Component component, Strip strip, int x, int y) {
    if (x < component.blocksAcross && y < component.blocksDown) {
      int at = strip.row(y % component.down * 8) + 8 * x;
      int[] quantization = component.quantization;
      if (mcu.last[b] == 0) {
        InverseDct.fill(blocks[64 * b], quantization[0], strip.samples, at, strip.stride);
      } else {
        transform.transform(blocks, 64 * b, quantization, strip.samples, at, strip.stride);
      }
    }
    if (mcu.last[b] > 0) {
      Arrays.fill(blocks, 64 * b, 64 * b + 64, (short) 0);
    }
    blocks[64 * b] = 0;
    mcu.last[b] = 0;
  }
}
