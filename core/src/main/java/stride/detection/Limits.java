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
}
