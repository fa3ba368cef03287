package stride.detection;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a detection may be. */
final class DetectionTest {
  @Test
  void aDetectionIsChecked() {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> new Detection(1, Float.NaN, 1, 2, 3, 4));
    assertTrue(String.valueOf(refused.getMessage()).contains("class 1, score NaN"));
    assertThrows(IllegalArgumentException.class, () -> new Detection(1, 0.5f, 4, 2, 3, 4));
    assertThrows(IllegalArgumentException.class, () -> new Detection(-1, 0.5f, 1, 2, 3, 4));
  }
}
