package stride.codecs.vp8l;

/** Recently used colours, each at the place of its hash (RFC 9649, section 3.6.3). */
final class ColourCache {
  private static final int HASH = 0x1E35A7BD;

  private final int[] colours;
  private final int shift;

  /**
   * Makes a cache that is filled with transparent black.
   *
   * @param bits the binary logarithm of its size, at least 1
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
