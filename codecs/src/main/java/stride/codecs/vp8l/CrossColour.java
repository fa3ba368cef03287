package stride.codecs.vp8l;

/**
 * The transform that subtracted parts of green from red and blue, and of red from blue (RFC 9649,
 * section 3.5.2).
 *
 * @param bits the binary logarithm of a tile's side
 * @param tiles each tile's three factors, in 32nds, in blue, green and red
 */
record CrossColour(int codedWidth, int bits, int[] tiles) implements Transform {
  @Override
  public int[] undo(int y, int[] row) {
    int tile = (y >> bits) * Transform.tiles(codedWidth, bits);
    for (int begin = 0; begin < codedWidth; begin += 1 << bits, tile++) {
      byte greenToRed = (byte) tiles[tile];
      byte greenToBlue = (byte) (tiles[tile] >> 8);
      byte redToBlue = (byte) (tiles[tile] >> 16);
      int end = Math.min(begin + (1 << bits), codedWidth);
      for (int x = begin; x < end; x++) {
        int argb = row[x];
        byte green = (byte) (argb >> 8);
        byte red = (byte) ((argb >> 16) + (greenToRed * green >> 5));
        int blue = argb + (greenToBlue * green >> 5) + (redToBlue * red >> 5);
        row[x] = argb & 0xFF00FF00 | (red & 0xFF) << 16 | blue & 0xFF;
      }
    }
    return row;
  }
}
