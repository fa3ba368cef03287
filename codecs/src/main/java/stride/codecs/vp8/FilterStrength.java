package stride.codecs.vp8;

/**
 * The strength with which edges are smoothed (RFC 6386, section 15.2).
 *
 * @param limit the largest difference of two pixels at an edge inside a macroblock; 0 for no
 *     smoothing
 * @param interior the largest difference of pixels beside the edge
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
   * @param level is clamped to 0 to 63
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
