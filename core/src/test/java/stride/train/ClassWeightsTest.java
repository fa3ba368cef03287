package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import stride.data.ByteImages;
import stride.image.Preprocessing;
import stride.tensor.Shape;

class ClassWeightsTest {
  private static ByteImages images(int classes, int... of) {
    var labels = new byte[of.length];
    for (int i = 0; i < of.length; i++) {
      labels[i] = (byte) of[i];
    }
    return new ByteImages(
        new byte[of.length],
        labels,
        List.of("a", "b", "c").subList(0, classes),
        Preprocessing.none(Shape.image(1, 1, 1)));
  }

  /** 6 images: 4 of a, 2 of b, none of c; scikit-learn's n / (classes * count). */
  @Test
  void rareClassesCountAsMuchAsOthers() {
    var weights = ClassWeights.balanced(images(3, 0, 0, 1, 0, 1, 0));
    assertEquals(List.of(6 / (2 * 4.0), 6 / (2 * 2.0), 0.0), weights);
  }

  @Test
  void theRarerAnswerOfAYesOrNoWeighsMore() {
    assertEquals(List.of(2.0), ClassWeights.balancedPositive(images(2, 0, 0, 1, 0, 1, 0)));
    assertThrows(
        IllegalArgumentException.class, () -> ClassWeights.balancedPositive(images(2, 0, 0)));
  }
}
