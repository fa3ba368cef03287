package stride.kernel.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The exponential function and its kin have the errors that they are documented with. */
class ExponentialTest {
  /** A prime: floats of all signs, exponents and mantissas. */
  private static final int STEP = 4099;

  @FunctionalInterface
  private interface FloatFunction {
    float apply(float x);
  }

  @Test
  void tanhIsRoundedCorrectlyButForTies() {
    assertWithin(0.5000001, Exponential::tanh, Math::tanh);
  }

  @Test
  void sigmoidIsWithinItsBound() {
    assertWithin(0.54, Exponential::sigmoid, x -> 1 / (1 + Math.exp(-x)));
  }

  @Test
  void expIsWithinItsBound() {
    assertWithin(0.54, Exponential::exp, Math::exp);
  }

  private static void assertWithin(double ulps, FloatFunction f, DoubleUnaryOperator exact) {
    for (long bits = 0; bits < 1L << 32; bits += STEP) {
      float x = Float.intBitsToFloat((int) bits);
      double expected = exact.applyAsDouble(x);
      float rounded = (float) expected;
      float actual = f.apply(x);
      if (Float.isFinite(rounded)) {
        double error = Math.abs(actual - expected) / Math.ulp(rounded);
        assertTrue(
            error <= ulps,
            () -> "of %s: %s is %s ulp from %s".formatted(x, actual, error, expected));
      } else {
        assertEquals(rounded, actual, "of " + x);
      }
    }
  }
}
