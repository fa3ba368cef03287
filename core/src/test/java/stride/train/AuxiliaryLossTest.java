package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import stride.compute.Buffer;
import stride.graph.Graph;
import stride.tensor.Tensor;

final class AuxiliaryLossTest {
  private static final List<String> HEADS = List.of("aux1", "aux2");

  @Test
  void eachHeadAddsItsWeightedLossAndTakesItsWeightedGradient() {
    var values =
        Map.of(
            Graph.OUTPUT,
            new float[] {1, 2, 3, 0, 0, 1},
            "aux1",
            new float[] {-1, 0, 2, 5, 1, 0},
            "aux2",
            new float[] {0, 3, 1, 2, 2, 1});
    var gradients = Map.of(Graph.OUTPUT, new float[6], "aux1", new float[6], "aux2", new float[6]);
    var targets = Targets.classes(2);
    targets.setLabel(0, 2);
    targets.setLabel(1, 1);
    var outputs = new Arrays(values, gradients);
    double loss =
        new AuxiliaryLoss(new SoftmaxCrossEntropy(), 0.3, HEADS).apply(outputs, targets, 2);
    double expected = 0;
    for (var name : values.keySet()) {
      double weight = name.equals(Graph.OUTPUT) ? 1 : 0.3;
      for (int n = 0; n < 2; n++) {
        float[] row = java.util.Arrays.copyOfRange(values.get(name), 3 * n, 3 * n + 3);
        var target = Targets.classes(1);
        target.setLabel(0, targets.label(n));
        var alone =
            new SoftmaxCrossEntropy().of(new Tensor(stride.tensor.Shape.of(3), row), target);
        expected += weight * alone.loss() / 2;
        float[] gradient = alone.gradient().data();
        for (int i = 0; i < 3; i++) {
          assertEquals(weight * gradient[i] / 2, gradients.get(name)[3 * n + i], 1e-7, name);
        }
      }
    }
    assertEquals(expected, loss, 1e-12);
  }

  @Test
  void whatIsBehindTheLastSampleStays() {
    var values = Map.of(Graph.OUTPUT, new float[2], "aux1", new float[2]);
    var gradients = Map.of(Graph.OUTPUT, new float[] {7, 7}, "aux1", new float[] {7, 7});
    var targets = Targets.classes(2);
    targets.setLabel(0, 0);
    new AuxiliaryLoss(new SoftmaxCrossEntropy(), 0.5, List.of("aux1"))
        .apply(new Arrays(values, gradients, 1), targets, 1);
    assertArrayEquals(new float[] {0, 7}, gradients.get("aux1"));
  }

  @Test
  void aWeightBelowZeroIsRefused() {
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AuxiliaryLoss(new SoftmaxCrossEntropy(), -1, HEADS));
    assertEquals("a head's weight must be at least 0, was -1.0", thrown.getMessage());
  }

  private record Arrays(Map<String, float[]> values, Map<String, float[]> gradients, int classes)
      implements Loss.Outputs {
    Arrays(Map<String, float[]> values, Map<String, float[]> gradients) {
      this(values, gradients, 3);
    }

    @Override
    public Buffer value(String name) {
      return new Buffer(values.get(name), 0, classes);
    }

    @Override
    public Buffer gradient(String name) {
      return new Buffer(gradients.get(name), 0, classes);
    }
  }
}
