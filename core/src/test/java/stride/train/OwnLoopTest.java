package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.named;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** The parts of a training loop of one's own: a loss, its targets, a plan and an optimiser. */
final class OwnLoopTest {
  private static Tensor vector(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  @Test
  void theLossOfOneOutputComesWithItsGradient() {
    var loss = new MeanSquaredError().of(vector(1, 5), Targets.ofValues(List.of(vector(0, 2))));
    assertEquals((1 + 9) / 2.0, loss.loss());
    assertEquals(vector(1, 3), loss.gradient());

    var even = new SoftmaxCrossEntropy().of(vector(7, 7), Targets.ofClasses(1));
    assertEquals(Math.log(2), even.loss(), 1e-12);
    assertEquals(vector(0.5f, -0.5f), even.gradient());
  }

  @Test
  void targetsOfDifferentLengthsAreRefused() {
    var rows = List.of(vector(1, 2), vector(3));
    var e = assertThrows(IllegalArgumentException.class, () -> Targets.ofValues(rows));
    assertEquals("row 1 of the targets has 1 values, row 0 has 2", e.getMessage());
  }

  @Test
  void aStepOfGradientDescent() {
    var network = Network.of(Shape.of(1), named("fc", dense(1)));
    var model =
        Model.of(
            network, Map.of("fc.weight", vector(3).reshape(Shape.of(1, 1)), "fc.bias", vector(1)));
    var optimizer = Optimizer.sgd(0.25).start(model.weights().values().length);
    try (var engine = Engine.withThreads(1)) {
      var plan = engine.plan(network.graph(), model.weights(), 2, Purpose.training());
      plan.input().write(0, new float[] {1});
      plan.input().write(1, new float[] {2});
      var targets = Targets.ofValues(List.of(vector(2), vector(8)));
      plan.forward(2);
      // The errors of 3 x + 1 are 2 and -1.
      assertEquals((4 + 1) / 2.0, new MeanSquaredError().apply(Loss.Outputs.of(plan), targets, 2));
      plan.backward(2);
      optimizer.update(plan, 0.25, 1);
      // dw = 2 (2 x 1 - 1 x 2) / 2 = 0, db = 2 (2 - 1) / 2 = 1.
      assertArrayEquals(new float[] {3}, model.weights().tensor("fc.weight").data());
      assertArrayEquals(new float[] {0.75f}, model.weights().tensor("fc.bias").data());
      plan.forward(2);
      assertArrayEquals(new float[] {3.75f}, plan.output("output").read(0));
      assertArrayEquals(new float[] {6.75f}, plan.output("output").read(1));
    }
  }

  @Test
  void aSampleOfAnotherLengthIsRefused() {
    var network = Network.of(Shape.of(2), named("fc", dense(1)));
    try (var engine = Engine.withThreads(1)) {
      var weights = Model.initialized(network, 1).weights();
      var plan = engine.plan(network.graph(), weights, 1, Purpose.inference().withAllOutputs());
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> plan.input().write(0, new float[] {1}));
      assertEquals("a sample has 2 values here, found 1", e.getMessage());
    }
  }
}
