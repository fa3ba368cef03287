package stride.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class TensorImageTest {
  private static final float[][] SQUARE = {{1, 2}, {3, 4}};

  @Test
  void rowsMakeAnImage() {
    assertEquals(Tensor.of(Shape.image(2, 2, 1), 1, 2, 3, 4), Tensor.image(SQUARE));
    float[][] other = {{10, 20}, {30, 40}};
    assertEquals(
        Tensor.of(Shape.image(2, 2, 2), 1, 10, 2, 20, 3, 30, 4, 40), Tensor.image(SQUARE, other));
  }

  @Test
  void rowsAndChannelsHaveTheSameSize() {
    float[][] ragged = {{1, 2}, {3}};
    var e = assertThrows(IllegalArgumentException.class, () -> Tensor.image(ragged));
    assertEquals("row 1 has 1 values, row 0 has 2", e.getMessage());
    float[][] low = {{1, 2}};
    e = assertThrows(IllegalArgumentException.class, () -> Tensor.image(SQUARE, low));
    assertEquals("channel 1 has 1 rows, channel 0 has 2", e.getMessage());
  }
}
