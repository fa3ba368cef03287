package stride.train.support;

/** The ranges that settings of a training have. */
public final class Ranges {
  private Ranges() {}

  /** Refuses what is no learning rate. */
  public static void learningRate(double rate) {
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a learning rate is above 0, found " + rate);
    }
  }

  /** Refuses what is not a finite number of 0 or more. */
  public static void zeroOrMore(String what, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("%s is 0 or more, found %s".formatted(what, value));
    }
  }

  /** Refuses what is not in [0, 1). */
  public static void belowOne(String what, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException("%s is in [0, 1), found %s".formatted(what, value));
    }
  }
}
