package stride.style;

/**
 * Some neighbouring rows of a map.
 *
 * @param from the first row
 * @param to the row behind the last one
 */
record RowBand(int from, int to) {
  int height() {
    return to - from;
  }

  /** The smallest band that holds this one and another. */
  RowBand with(RowBand other) {
    return new RowBand(Math.min(from, other.from), Math.max(to, other.to));
  }
}
