package stride.codecs.vp8l;

/** The transform that subtracted green from red and blue (RFC 9649, section 3.5.3). */
record SubtractGreen(int codedWidth) implements Transform {
  @Override
  public int[] undo(int y, int[] row) {
    for (int x = 0; x < codedWidth; x++) {
      int argb = row[x];
      int green = argb >> 8 & 0xFF;
      int redAndBlue = (argb & 0x00FF00FF) + (green << 16 | green) & 0x00FF00FF;
      row[x] = argb & 0xFF00FF00 | redAndBlue;
    }
    return row;
  }
}
