package stride.codecs.vp8;

/**
 * The parameters of a frame's loop filter (RFC 6386, section 9.6). A frame of the level 0 is not
 * filtered at all, even if its segments have levels.
 *
 * @param levelOfIntra the summand of the level of all macroblocks of a key frame
 * @param levelOfSplit the summand of the level of macroblocks with a mode per block
 */
record FilterHeader(boolean simple, int level, int sharpness, int levelOfIntra, int levelOfSplit) {
  private static final int DELTAS = 4;

  static FilterHeader read(BooleanReader in) {
    boolean simple = in.flag();
    int level = in.number(6);
    int sharpness = in.number(3);
    int ofIntra = 0;
    int ofSplit = 0;
    boolean adjusted = in.flag();
    if (adjusted && in.flag()) {
      // The others are for frames that are predicted from frames.
      for (int i = 0; i < DELTAS; i++) {
        int delta = in.optionalSigned(6);
        ofIntra = i == 0 ? delta : ofIntra;
      }
      for (int i = 0; i < DELTAS; i++) {
        int delta = in.optionalSigned(6);
        ofSplit = i == 0 ? delta : ofSplit;
      }
    }
    return new FilterHeader(simple, level, sharpness, ofIntra, ofSplit);
  }

  boolean enabled() {
    return level > 0;
  }

  /** Returns the strength for the macroblocks of a segment, split ones or others. */
  FilterStrength strength(Segmentation segmentation, int segment, boolean split) {
    int base = segmentation.value(segmentation.filterLevels(), segment, level);
    return FilterStrength.of(base + levelOfIntra + (split ? levelOfSplit : 0), sharpness);
  }
}
