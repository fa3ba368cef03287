package stride.codecs.vp8l;

/** Colours that were there before, each in a place of its own (RFC 9649, section 3.6.3). */
final class ColourCache {
  private static final int HASH = 0x1E35A7BD;

  private final int[] colours;
  private final int shift;

  /**
   * A cache of black and transparent colours.
   *
   * @param bits of its size; 1 at least
   */
  ColourCache(int bits) {
    colours = new int[1 << bits];
    shift = Integer.SIZE - bits;
  }

  int get(int place) {
    return colours[place];
  }

  void add(int argb) {
    colours[argb * HASH >>> shift] = argb;
  }
}
