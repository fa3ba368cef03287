package stride.image.jpeg;

import org.jspecify.annotations.Nullable;

/** A component of a frame: one plane of samples, perhaps fewer than the picture has pixels. */
final class Component {
  final int index;
  final int id;

  /** Samples across for every {@link Frame#acrossMost} pixels, 1 to 4. */
  final int across;

  /** Samples down for every {@link Frame#downMost} pixels, 1 to 4. */
  final int down;

  final int tableNumber;

  /** The number of samples in a row, and of rows. */
  final int width;

  final int height;

  /** The number of blocks of 8x8 samples in a row, and of rows of them. */
  final int blocksAcross;

  final int blocksDown;

  /** The quantization table, row by row, or null while no scan had one. */
  int @Nullable [] quantization;

  Component(Frame.Part part, int index, int acrossMost, int downMost, int width, int height) {
    this.index = index;
    id = part.id();
    across = part.across();
    down = part.down();
    tableNumber = part.table();
    this.width = Math.ceilDiv(width * across, acrossMost);
    this.height = Math.ceilDiv(height * down, downMost);
    blocksAcross = Math.ceilDiv(width * across, acrossMost * 8);
    blocksDown = Math.ceilDiv(height * down, downMost * 8);
  }
}
