package stride.image.jpeg;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;

/**
 * All coefficients of a picture with several scans. Blocks that no scan has reached take no memory.
 */
final class Coefficients {
  /** For each component the rows of blocks, from left to right, each row by row. */
  private final List<short[][]> planes = new ArrayList<>();

  private final List<short[]> nothing = new ArrayList<>();
  private int lastGoodRow;

  Coefficients(List<Component> components) {
    for (var component : components) {
      planes.add(new short[Math.ceilDiv(component.blocksDown, component.down) * component.down][]);
      nothing.add(new short[length(component)]);
    }
  }

  /** Rows are filled up to a whole number of MCUs. */
  private static int length(Component component) {
    return Math.ceilDiv(component.blocksAcross, component.across) * component.across * 64;
  }

  /** Reads the data of a scan. */
  void read(Scan scan, Frame frame, EntropyDecoder decoder) throws FormatException {
    var mcu = Mcu.raw(scan);
    if (scan.parts().size() == 1) {
      var component = scan.parts().get(0).component();
      for (int row = 0; row < component.blocksDown && !decoder.isOver(); row++) {
        mcu.rows[0] = written(component, row);
        for (int column = 0; column < component.blocksAcross; column++) {
          mcu.at[0] = column * 64;
          decode(mcu, row / component.down, decoder);
        }
      }
      return;
    }
    int down = Math.ceilDiv(frame.height(), 8 * frame.downMost());
    int across = Math.ceilDiv(frame.width(), 8 * frame.acrossMost());
    for (int row = 0; row < down && !decoder.isOver(); row++) {
      for (int column = 0; column < across; column++) {
        locate(mcu, scan, row, column);
        decode(mcu, row, decoder);
      }
    }
  }

  private void locate(Mcu mcu, Scan scan, int row, int column) {
    int b = 0;
    for (var part : scan.parts()) {
      var component = part.component();
      for (int y = 0; y < component.down; y++) {
        short[] blocks = written(component, row * component.down + y);
        for (int x = 0; x < component.across; x++) {
          mcu.rows[b] = blocks;
          mcu.at[b] = (column * component.across + x) * 64;
          b++;
        }
      }
    }
  }

  private void decode(Mcu mcu, int row, EntropyDecoder decoder) throws FormatException {
    if (!decoder.isExhausted()) {
      lastGoodRow = row;
    }
    decoder.decode(mcu);
  }

  private short[] written(Component component, int row) {
    short[][] rows = planes.get(component.index);
    if (rows[row] == null) {
      rows[row] = new short[length(component)];
    }
    return rows[row];
  }

  /** Returns a row of blocks of a component. */
  short[] row(Component component, int row) {
    short @Nullable [] found = planes.get(component.index)[row];
    return found == null ? nothing.get(component.index) : found;
  }

  /** Returns the last row of MCUs of the last scan for which there were data. */
  int lastGoodRow() {
    return lastGoodRow;
  }
}
