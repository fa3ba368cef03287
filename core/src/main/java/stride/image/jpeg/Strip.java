package stride.image.jpeg;

/**
 * The samples of a component that belong to a row of MCUs, less 128, and the row above them, which
 * smooth sampling needs.
 */
final class Strip {
  final Component component;
  private final int rows;
  final int stride;
  final byte[] samples;

  Strip(Component component) {
    this.component = component;
    rows = 8 * component.down;
    stride = 8 * component.blocksAcross;
    samples = new byte[(rows + 1) * stride];
  }

  /** Returns the place of a row; row -1 is the one above the strip. */
  int row(int y) {
    return (y + 1) * stride;
  }

  /** Moves to the next row of MCUs. */
  void advance() {
    System.arraycopy(samples, rows * stride, samples, 0, stride);
  }
}
