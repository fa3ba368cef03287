package stride.detection;

/**
 * Which of the boxes that a detector finds are given.
 *
 * @param minScore only boxes with scores above this one, in [0, 1)
 * @param maxBoxes the most boxes of a picture, the surest; at least 1
 */
public record Limits(double minScore, int maxBoxes) {
  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Limits {
    if (!(minScore >= 0 && minScore < 1)) {
      throw new IllegalArgumentException(
          "the least score of a box is from 0 to below 1, found " + minScore);
    }
    if (maxBoxes < 1) {
      throw new IllegalArgumentException(
          "the most boxes of a picture are at least 1, found " + maxBoxes);
    }
  }

  /** Checks the overlap from which on, of two boxes, only the surer one stays. */
  static void checkSuppression(double overlap) {
    if (!(overlap >= 0 && overlap <= 1)) {
      throw new IllegalArgumentException(
          "boxes suppress one another from an overlap from 0 to 1 on, found " + overlap);
    }
  }

  /** Checks how many boxes or regions are kept before some of them suppress others. */
  static void checkCandidates(int candidates) {
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "at least 1 candidate is kept of those that are found, found " + candidates);
    }
  }

  /** Checks the label of the class behind the background. */
  static void checkFirstLabel(int firstLabel) {
    if (firstLabel != 0 && firstLabel != 1) {
      throw new IllegalArgumentException(
          "the class behind the background has the label 0 or 1, found " + firstLabel);
    }
  }
}
