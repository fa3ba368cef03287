package stride.detection;

/** Checks of what several methods of detection hold: a damaged model file may hold anything. */
final class MethodChecks {
  private MethodChecks() {}

  /** Checks the overlap from which on, of two boxes, only the surer one stays. */
  static void suppression(double overlap) {
    if (!(overlap >= 0 && overlap <= 1)) {
      throw new IllegalArgumentException(
          "boxes suppress one another from an overlap from 0 to 1 on, found " + overlap);
    }
  }

  /** Checks how many boxes or regions are kept before some of them suppress others. */
  static void candidates(int candidates) {
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "at least 1 candidate is kept of those that are found, found " + candidates);
    }
  }

  /** Checks the label of the first class after the background. */
  static void firstLabel(int firstLabel) {
    if (firstLabel != 0 && firstLabel != 1) {
      throw new IllegalArgumentException(
          "the first class after the background has the label 0 or 1, found " + firstLabel);
    }
  }
}
