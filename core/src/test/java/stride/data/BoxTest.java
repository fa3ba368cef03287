package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class BoxTest {
  private static final float[] EDGES = {
    Float.NEGATIVE_INFINITY,
    -Float.MAX_VALUE,
    -1,
    -0f,
    0,
    1,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NaN
  };

  @Test
  void aBoxHasFiniteEdgesInOrderHoweverLargeTheyAre() {
    for (int label : new int[] {-1, 0}) {
      for (float left : EDGES) {
        for (float top : EDGES) {
          for (float right : EDGES) {
            for (float bottom : EDGES) {
              boolean finite =
                  left > Float.NEGATIVE_INFINITY
                      && top > Float.NEGATIVE_INFINITY
                      && right < Float.POSITIVE_INFINITY
                      && bottom < Float.POSITIVE_INFINITY;
              if (label >= 0 && finite && left <= right && top <= bottom) {
                var box = new Box(label, left, top, right, bottom);
                assertEquals(((double) right - left) * ((double) bottom - top), box.area());
              } else {
                assertThrows(
                    IllegalArgumentException.class, () -> new Box(label, left, top, right, bottom));
              }
            }
          }
        }
      }
    }
  }
}
