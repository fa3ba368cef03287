package stride.data;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/** Selects samples of a data set by index. */
final class Selection {
  private Selection() {}

  /**
   * Returns a copy of indices.
   *
   * @throws IndexOutOfBoundsException if one is not below {@code size}
   */
  static int[] checked(int[] indices, int size) {
    for (int index : indices) {
      Objects.checkIndex(index, size);
    }
    return indices.clone();
  }

  /**
   * Returns the first indices.
   *
   * @throws IllegalArgumentException if there are fewer than {@code count}
   */
  static int[] first(int count, int size) {
    if (count < 0 || count > size) {
      throw new IllegalArgumentException(
          "asked for the first %,d samples of a data set of %,d".formatted(count, size));
    }
    return IntStream.range(0, count).toArray();
  }

  /**
   * Returns a randomly drawn part of all indices as {@code test}, and the others as {@code train},
   * each in ascending order.
   *
   * @param fraction the fraction that is drawn, rounded to whole samples, but at least one and not
   *     all
   * @throws IllegalArgumentException if it is not between 0 and 1, or there are fewer than 2
   *     samples
   */
  static HeldOut<int[]> holdOut(int size, double fraction, long seed) {
    checkFraction(fraction);
    if (size < 2) {
      throw new IllegalArgumentException(
          "a data set of %d samples cannot be split, a split needs 2 or more".formatted(size));
    }
    boolean[] drawn = drawn(size, fraction, seed, 0);
    return new HeldOut<>(
        IntStream.range(0, size).filter(i -> !drawn[i]).toArray(),
        IntStream.range(0, size).filter(i -> drawn[i]).toArray());
  }

  static void checkFraction(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "the fraction to measure with must be between 0 and 1, was " + fraction);
    }
  }

  /** Draws a fraction of {@code size} samples, at least one and not all of them. */
  static boolean[] drawn(int size, double fraction, long seed, long stream) {
    var order = new int[size];
    Shuffle.fill(order, seed, stream);
    long count = Math.clamp(Math.round(size * fraction), 1, size - 1);
    var drawn = new boolean[size];
    Arrays.stream(order).limit(count).forEach(i -> drawn[i] = true);
    return drawn;
  }
}
