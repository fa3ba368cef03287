package stride.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NumbersTest {
  private static final int LENGTH = 37;

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void theFirstThatIsNoNumberIsFoundWhereverItStands(float none) {
    for (int at = 0; at < LENGTH; at++) {
      float[] values = numbers();
      values[at] = none;
      values[LENGTH - 1] = none;
      assertFalse(Numbers.allFinite(values));
      assertEquals(at, Numbers.firstNotFinite(values, 0, LENGTH));
      assertEquals(at, Numbers.firstNotFinite(values, at, 1));
      assertEquals(-1, Numbers.firstNotFinite(values, 0, at), "before it");
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE})
  void allOthersAreNumbers(float number) {
    float[] values = numbers();
    values[5] = number;
    assertTrue(Numbers.allFinite(values));
    assertEquals(-1, Numbers.firstNotFinite(values, 0, 0));
  }

  private static float[] numbers() {
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = i % 2 == 0 ? i : -i;
    }
    return values;
  }
}
