package stride.image.jpeg;

/**
 * Where the coefficients of the blocks of an MCU go, which are decoded together: block b begins at
 * {@code at[b]} of {@code rows[b]}. Coefficients lie row by row, not multiplied yet.
 */
final class Mcu {
  /** As many blocks as an MCU may have (T.81, B.2.3). */
  static final int MOST_BLOCKS = 10;

  final int blocks;

  /** For each block, which of the scan's components it belongs to. */
  final int[] part = new int[MOST_BLOCKS];

  final short[][] rows = new short[MOST_BLOCKS][];
  final int[] at = new int[MOST_BLOCKS];

  /** No coefficient of a block behind this one, in the order of {@link ZigZag}, is other than 0. */
  final int[] last = new int[MOST_BLOCKS];

  Mcu(Scan scan) {
    blocks = scan.blocks();
    if (scan.parts().size() > 1) {
      int b = 0;
      for (int i = 0; i < scan.parts().size(); i++) {
        var component = scan.parts().get(i).component();
        for (int n = component.across * component.down; n > 0; n--) {
          part[b++] = i;
        }
      }
    }
  }
}
