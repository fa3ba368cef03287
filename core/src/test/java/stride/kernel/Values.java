package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.random.RandomGenerator;

/** Data for kernels, and comparisons with what a reference makes of it. */
final class Values {
  /** The relative error of one rounding to float. */
  static final double ROUNDING = 0x1p-24;

  private Values() {}

  /** Integers from -3 to 3: products and sums of a few thousands of them are exact in float. */
  static float[] integers(int n, RandomGenerator random) {
    var values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(-3, 4);
    }
    return values;
  }

  /** Random values between -1 and 1. */
  static float[] signed(int n, RandomGenerator random) {
    return between(-1, 1, n, random);
  }

  static float[] between(float low, float high, int n, RandomGenerator random) {
    var values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat(low, high);
    }
    return values;
  }

  static double[] doubles(float[] values) {
    var doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  static double[] absolute(float[] values) {
    var absolute = doubles(values);
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] = Math.abs(absolute[i]);
    }
    return absolute;
  }

  /** The sum of a[i] b[i]. */
  static double dot(float[] a, float[] b) {
    assertEquals(a.length, b.length);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  static void assertExact(String what, double[] expected, float[] actual) {
    assertWithin(what, expected, actual, new double[expected.length]);
  }

  /**
   * Checks a sum of {@code terms} products, in any order and with any number of roundings.
   *
   * @param magnitudes the same sums over the absolute values
   */
  static void assertSums(
      String what, double[] expected, float[] actual, int terms, double[] magnitudes) {
    var errors = new double[expected.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = (terms + 1) * ROUNDING * magnitudes[i] + Float.MIN_VALUE;
    }
    assertWithin(what, expected, actual, errors);
  }

  /** Checks each value against an error relative to its size, or to 1 where it is smaller. */
  static void assertClose(String what, double[] expected, float[] actual, double error) {
    var errors = new double[expected.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = error * Math.max(1, Math.abs(expected[i]));
    }
    assertWithin(what, expected, actual, errors);
  }

  static void assertWithin(String what, double[] expected, float[] actual, double[] errors) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= errors[i])) {
        fail(
            "%s: value %d of %d is %s, expected %s within %.3g"
                .formatted(what, i, expected.length, actual[i], expected[i], errors[i]));
      }
    }
  }

  static void assertSameBits(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        fail(
            "%s: value %d of %d is %s, expected the bits of %s"
                .formatted(what, i, expected.length, actual[i], expected[i]));
      }
    }
  }
}
