package stride.codecs.vp8l;

/**
 * The transform in which green holds places in a table of colours, of as many neighbours as fit
 * into its 8 bits (RFC 9649, section 3.5.4).
 *
 * @param bits the binary logarithm of the number of neighbours that share a pixel: 0 to 3
 * @param colours one colour for each possible place; those after the table are transparent black
 * @param whole the array that receives a row
 */
record ColourIndexing(int bits, int[] colours, int[] whole) implements Transform {
  /**
   * Makes the transform for rows of a width, and a table as it is coded: each colour less the
   * previous one.
   */
  static ColourIndexing of(int width, int[] coded) {
    int bits = coded.length > 16 ? 0 : coded.length > 4 ? 1 : coded.length > 2 ? 2 : 3;
    var colours = new int[1 << (8 >> bits)];
    int colour = 0;
    for (int i = 0; i < coded.length; i++) {
      colour = Argb.add(colour, coded[i]);
      colours[i] = colour;
    }
    return new ColourIndexing(bits, colours, new int[width]);
  }

  @Override
  public int codedWidth() {
    return Transform.tiles(whole.length, bits);
  }

  @Override
  public int[] undo(int y, int[] row) {
    int step = 8 >> bits;
    int mask = colours.length - 1;
    for (int x = 0; x < whole.length; x++) {
      int places = row[x >> bits] >> 8 & 0xFF;
      whole[x] = colours[places >> step * (x & (1 << bits) - 1) & mask];
    }
    return whole;
  }
}
