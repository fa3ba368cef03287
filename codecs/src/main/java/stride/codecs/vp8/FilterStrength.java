package stride.codecs.vp8;

/**
 * How strongly edges are smoothed (RFC 6386, section 15.2).
 *
 * @param limit how far apart two pixels at an edge inside a macroblock may be; 0: nothing is done
 * @param interior how far apart pixels beside it may be
 * @param highVariance if two neighbouring pixels differ by more than this, fewer pixels are changed
 */
record FilterStrength(int limit, int interior, int highVariance) {
  /** At the edge of a macroblock more is allowed. */
  int macroblockLimit() {
    return limit + 4;
  }

  /**
   * Returns the strength at a level.
   *
   * @param level is brought into 0 to 63
   * @param sharpness 0 to 7
   */
  static FilterStrength of(int level, int sharpness) {
    int bounded = Math.clamp(level, 0, 63);
    if (bounded == 0) {
      return new FilterStrength(0, 0, 0);
    }
    int interior = bounded;
    if (sharpness > 0) {
      interior = Math.min(interior >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    }
    interior = Math.max(interior, 1);
    int highVariance = bounded >= 40 ? 2 : bounded >= 15 ? 1 : 0;
    return new FilterStrength(2 * bounded + interior, interior, highVariance);
  }
}
