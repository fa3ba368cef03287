package stride.codecs.vp8;

/**
 * The up to four kinds of macroblocks that a frame distinguishes (RFC 6386, section 9.3).
 *
 * @param enabled whether there is more than one
 * @param mapped whether each macroblock names its kind; otherwise all are of the first
 * @param absolute whether the values below replace the frame's, or are added to them
 * @param quantizers each kind's index of its quantizer
 * @param filterLevels each kind's level of the loop filter
 * @param probabilities of the bits that name a kind
 */
record Segmentation(
    boolean enabled,
    boolean mapped,
    boolean absolute,
    int[] quantizers,
    int[] filterLevels,
    int[] probabilities) {
  static final int SEGMENTS = 4;

  static Segmentation read(BooleanReader in) {
    var quantizers = new int[SEGMENTS];
    var filterLevels = new int[SEGMENTS];
    var probabilities = new int[] {255, 255, 255};
    boolean enabled = in.flag();
    boolean mapped = enabled && in.flag();
    boolean absolute = true;
    if (enabled && in.flag()) {
      absolute = in.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        quantizers[i] = in.optionalSigned(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        filterLevels[i] = in.optionalSigned(6);
      }
    }
    if (mapped) {
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] = in.flag() ? in.number(8) : 255;
      }
    }
    return new Segmentation(enabled, mapped, absolute, quantizers, filterLevels, probabilities);
  }

  /** Returns a kind's value: its own, the frame's or their sum. */
  int value(int[] own, int segment, int frame) {
    return !enabled ? frame : absolute ? own[segment] : frame + own[segment];
  }

  /** Reads the kind of a macroblock. */
  int segment(BooleanReader in) {
    if (!mapped) {
      return 0;
    }
    return in.bit(probabilities[0])
        ? in.bit(probabilities[2]) ? 3 : 2
        : in.bit(probabilities[1]) ? 1 : 0;
  }
}
