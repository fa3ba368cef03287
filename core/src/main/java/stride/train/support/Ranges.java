package stride.train.support;

/** Checks the ranges of a training's settings. */
public final class Ranges {
  private Ranges() {}

  /**
   * Checks a learning rate.
   *
   * @param rate the rate
   * @throws IllegalArgumentException if it is not above 0 and finite
   */
  public static void learningRate(double rate) {
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a learning rate must be above 0, was " + rate);
    }
  }

  /**
   * Checks that a number is finite and 0 or more.
   *
   * @param what the name of the number, for the message
   * @param value the number
   * @throws IllegalArgumentException if it is not
   */
  public static void zeroOrMore(String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("%s must be at least 0, was %s".formatted(what, value));
    }
  }

  /**
   * Checks that a number is in [0, 1).
   *
   * @param what the name of the number, for the message
   * @param value the number
   * @throws IllegalArgumentException if it is not
   */
  public static void belowOne(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("%s must be in [0, 1), was %s".formatted(what, value));
    }
  }
}
