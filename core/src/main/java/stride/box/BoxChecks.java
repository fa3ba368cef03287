package stride.box;

import java.util.List;

/** Checks of the numbers that boxes are made of: a damaged model file may hold anything. */
final class BoxChecks {
  private BoxChecks() {}

  /** Checks lengths, or ratios of lengths. */
  static void lengths(String what, List<? extends Number> lengths) {
    for (var length : lengths) {
      if (!(length.doubleValue() > 0 && length.doubleValue() < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "%s are above 0 and finite, found %s".formatted(what, lengths));
      }
    }
  }
}
