package stride.image.jpeg;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/** The samples of a picture with a single scan, decoded when they are needed. */
final class SingleScan implements Rendering.Source {
  /** The place of a block of an MCU: its component, and its place among the component's blocks. */
  private record Place(Component component, int x, int y) {}

  private final EntropyDecoder decoder;
  private final Mcu mcu;
  private final List<Place> places = new ArrayList<>();
  private final InverseDct transform = new InverseDct();

  SingleScan(Scan scan, EntropyDecoder decoder) {
    this.decoder = decoder;
    mcu = Mcu.multiplied(scan);
    for (var part : scan.parts()) {
      for (int y = 0; y < part.component().down; y++) {
        for (int x = 0; x < part.component().across; x++) {
          places.add(new Place(part.component(), x, y));
        }
      }
    }
  }

  @Override
  public void fill(int row, List<Strip> strips) throws FormatException {
    var first = places.get(0).component();
    if (strips.size() > 1) {
      int width = Math.ceilDiv(first.blocksAcross, first.across);
      for (int x = 0; x < width; x++) {
        decoder.decode(mcu);
        for (int b = 0; b < mcu.blocks; b++) {
          var place = places.get(b);
          var component = place.component();
          transform(
              b,
              strips.get(component.index),
              x * component.across + place.x(),
              row * component.down + place.y(),
              place.y());
        }
      }
      return;
    }
    // The blocks of a single component come one by one, for any sampling.
    for (int y = 0; y < first.down && row * first.down + y < first.blocksDown; y++) {
      for (int x = 0; x < first.blocksAcross; x++) {
        decoder.decode(mcu);
        transform(0, strips.get(0), x, row * first.down + y, y);
      }
    }
  }

  /** Transforms a block, unless it only fills up an MCU at the border, and clears it. */
  private void transform(int b, Strip strip, int x, int y, int inStrip) {
    if (x < strip.component.blocksAcross && y < strip.component.blocksDown) {
      transform.transform(
          mcu.rows[b],
          mcu.at[b],
          mcu.used[b],
          mcu.sum[b],
          strip.samples,
          strip.row(8 * inStrip) + 8 * x,
          strip.stride);
    }
    mcu.clear(b);
  }
}
