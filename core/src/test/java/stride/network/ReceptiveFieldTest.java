package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.branches;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tanh;

import java.util.List;
import org.junit.jupiter.api.Test;
import stride.graph.Graph;
import stride.tensor.Shape;
import stride.tensor.Tensor;

class ReceptiveFieldTest {
  private static final int SIZE = 64;

  /**
   * A pixel that a value does not see does not change it, and one at the edge of the field does.
   */
  @Test
  void whatIsOutsideOfTheFieldDoesNotChangeAValueAndItsEdgesDo() {
    for (var layers :
        List.of(
            sequential(
                conv(2, 3).stride(2),
                tanh(),
                avgPool(3).stride(2).ceilMode(),
                conv(2, 3).padding(1)),
            sequential(conv(2, 5).padding(2), avgPool(2), conv(2, 3).padding(1).dilation(2)),
            sequential(conv(2, 3).stride(2).same(), tanh(), conv(2, 5).same()),
            sequential(branches(conv(1, 1), conv(2, 7).padding(3)), avgPool(2)))) {
      var network = Network.of(Shape.image(SIZE, SIZE, 1), layers);
      var model = Model.initialized(network, 5);
      var field = ReceptiveField.of(network.graph(), Graph.OUTPUT).orElseThrow();
      var axis = field.down();
      assertEquals(axis, field.along());
      var output = network.output();
      int row = output.height() / 2;
      for (int at = 0; at < SIZE; at++) {
        boolean within =
            at >= row * axis.stride() - axis.before() && at <= row * axis.stride() + axis.after();
        assertEquals(within, changes(model, at, row), "row %d of %s".formatted(at, field));
      }
    }
  }

  private static boolean changes(Model model, int inputRow, int row) {
    var first = Tensor.zeros(model.network().input());
    var second = Tensor.zeros(model.network().input());
    for (int i = 0; i < first.data().length; i++) {
      first.data()[i] = (float) Math.sin(i);
      second.data()[i] = first.data()[i];
    }
    for (int column = 0; column < SIZE; column++) {
      second.data()[inputRow * SIZE + column] += 0.5f;
    }
    var a = model.logits(first);
    var b = model.logits(second);
    int length = a.shape().width() * a.shape().channels();
    for (int i = row * length; i < (row + 1) * length; i++) {
      if (a.data()[i] != b.data()[i]) {
        return true;
      }
    }
    return false;
  }

  @Test
  void behindAGlobalAverageThereIsNone() {
    var graph = Network.of(Shape.image(9, 9, 3), sequential(maxPool(2), globalAvgPool())).graph();
    assertTrue(ReceptiveField.of(graph, Graph.OUTPUT).isEmpty());
  }
}
