package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.*;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.layer.Layer;
import stride.layer.Rig;
import stride.tensor.Shape;

/** A network's layers and weights on inputs of another shape. */
final class OtherInputTest {
  private static final Layer POOLED =
      sequential(conv(4, 3).padding(1), batchNorm(), relu(), maxPool(2), globalAvgPool());

  private static Network pooled(int height, int width) {
    return Network.of(
        Shape.image(height, width, 3), sequential(POOLED, flatten(), named("fc", dense(5))));
  }

  @Test
  void layersWorkOnAnotherSizeWithTheSameWeights() {
    var small = pooled(8, 8);
    var large = small.withInput(Shape.image(12, 20, 3));
    assertEquals(pooled(12, 20), large);
    assertEquals(small, large.withInput(small.input()));
    var weights = Rig.randomWeights(small.graph(), 1);
    var x = Rig.random(1, 12 * 20 * 3, 1, 2);
    var own = Rig.randomWeights(large.graph(), 1);
    var purpose = Purpose.inference();
    var part = weights.part(large.graph());
    var engine = Engine.shared();
    assertArrayEquals(
        new Rig(large.graph(), own, engine, 1, 1, purpose).forward(x).get(Graph.OUTPUT),
        new Rig(large.graph(), part, engine, 1, 1, purpose).forward(x).get(Graph.OUTPUT));
  }

  @Test
  void whatDependsOnTheSizeIsSaid() {
    var flat =
        Network.of(
            Shape.image(4, 4, 2),
            sequential(conv(3, 3).padding(1), flatten(), named("fc", dense(5))));
    assertMessage(
        "fc has weights for inputs of 48, from an input of 6x6x2 it would have inputs of 108: pool"
            + " to one size before it, as globalAvgPool() does",
        () -> flat.withInput(Shape.image(6, 6, 2)));
    // As many values, in another order.
    assertMessage(
        "fc has weights for inputs of 48 flattened from 4x4x3, from an input of 2x8x2 it would have"
            + " inputs of 48 flattened from 2x8x3: pool to one size before it, as globalAvgPool()"
            + " does",
        () -> flat.withInput(Shape.image(2, 8, 2)));
    assertMessage(
        "0 has weights for inputs of 4x4x2, from an input of 4x4x3 it would have inputs of 4x4x3:"
            + " give it as many channels as before",
        () -> flat.withInput(Shape.image(4, 4, 3)));
    assertMessage("3 (maxpool)", () -> pooled(8, 8).withInput(Shape.image(1, 1, 3)));
  }

  @Test
  void allOfSeveralInputsAreGiven() {
    var network =
        Network.of(
            Map.of("a", Shape.image(4, 4, 1), "b", Shape.image(4, 4, 1)),
            branches(sequential(input("a"), relu()), sequential(input("b"), relu())));
    var shape = Shape.image(5, 6, 1);
    assertEquals(Shape.image(5, 6, 2), network.withInputs(Map.of("a", shape, "b", shape)).output());
    assertMessage(
        "the network has the inputs a, b, given are b, c",
        () -> network.withInputs(Map.of("b", shape, "c", shape)));
    assertMessage(
        "the network has 2 inputs: a, b; ask for one of them by its name",
        () -> network.withInput(shape));
  }

  private static void assertMessage(String begin, Executable wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    assertEquals(begin, message.substring(0, Math.min(begin.length(), message.length())));
  }
}
