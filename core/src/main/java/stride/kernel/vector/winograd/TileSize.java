package stride.kernel.vector.winograd;

/**
 * How many outputs a tile of 6 x 6 inputs has: that depends on the filter. All filters share the
 * transform of the inputs, whose points are 0, 1, -1, 2, -2 and infinity.
 *
 * @param taps rows and columns of the filter
 * @param out rows and columns of a tile's outputs
 */
record TileSize(int taps, int out) {
  /** F(4 x 4, 3 x 3). */
  static final TileSize THREE = new TileSize(3, 4);

  /** F(2 x 2, 5 x 5). */
  static final TileSize FIVE = new TileSize(5, 2);

  /** The size for a filter of some rows and columns, which are 3 or 5. */
  static TileSize of(int taps) {
    return taps == THREE.taps ? THREE : FIVE;
  }

  /** The number of a filter's weights for a channel. */
  int weights() {
    return taps * taps;
  }

  /** The number of tiles of an image. */
  int tiles(int height, int width) {
    return rows(height) * rows(width);
  }

  /** The number of tiles in a row or column of outputs. */
  int rows(int outputs) {
    return Math.ceilDiv(outputs, out);
  }
}
