package stride.detector;

/**
 * Boxes that were found in one picture, the surest first.
 *
 * @param corners left, top, right and bottom of each, in pixels
 * @param scores how sure each is, in [0, 1]
 * @param labels the class of each, from 0
 */
public record FoundBoxes(float[] corners, float[] scores, int[] labels) {
  /**
   * Checks that each box has a score and a class.
   *
   * @throws IllegalArgumentException if the lengths do not fit
   */
  public FoundBoxes {
    if (corners.length != 4 * scores.length || labels.length != scores.length) {
      throw new IllegalArgumentException(
          "%d boxes have %d corners' places, found %d, and %d classes"
              .formatted(scores.length, 4 * scores.length, corners.length, labels.length));
    }
  }

  /** {@return the number of boxes} */
  public int count() {
    return scores.length;
  }
}
