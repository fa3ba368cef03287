package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.network.Model;
import stride.train.optimizer.Lars;

/** LARS by its definition, in double. */
final class LarsTest {
  private static final double RATE = 0.7;
  private static final double MOMENTUM = 0.9;
  private static final double DECAY = 1e-2;
  private static final double TRUST = 0.02;

  @Test
  void eachTensorHasItsOwnRate() {
    var network = Toy.lenet();
    var weights = Model.initialized(network, 4).weights();
    var plan = Engine.shared().plan(network.graph(), weights, 3, Purpose.training());
    var update =
        new WeightUpdate(
            plan, new Lars(RATE, MOMENTUM, DECAY, TRUST).start(weights.values().length));
    var random = new SplittableRandom(9);
    var velocity = new double[weights.values().length];
    for (int step = 1; step <= 3; step++) {
      for (int n = 0; n < 3; n++) {
        float[] image = new float[Toy.SHAPE.elements()];
        for (int i = 0; i < image.length; i++) {
          image[i] = (float) random.nextDouble(-1, 1);
        }
        plan.input().write(n, image);
      }
      plan.forward(3);
      var _ = new SoftmaxCrossEntropy().apply(Loss.Outputs.of(plan), Targets.ofClasses(0, 1, 2), 3);
      plan.backward(3);
      float[] before = weights.values().clone();
      float[] gradients = plan.gradients().clone();
      update.run(RATE, step);
      for (var entry : weights.table().weights()) {
        int from = entry.offset();
        int to = from + entry.parameter().shape().elements();
        double w = 0;
        double g = 0;
        for (int i = from; i < to; i++) {
          w += Math.pow(before[i], 2);
          g += Math.pow(gradients[i], 2);
        }
        boolean own = entry.parameter().shape().rank() > 1;
        double factor = own ? TRUST * Math.sqrt(w) / (Math.sqrt(g) + DECAY * Math.sqrt(w)) : TRUST;
        for (int i = from; i < to; i++) {
          velocity[i] = MOMENTUM * velocity[i] + RATE * factor * (gradients[i] + DECAY * before[i]);
          assertEquals(before[i] - velocity[i], weights.values()[i], 1e-6, entry.name());
        }
      }
    }
  }

  @Test
  void itLearns() throws IOException {
    var model =
        Trainer.of(Toy.lenet())
            .optimizer(Optimizer.lars(2).trust(0.005))
            .epochs(12)
            .batch(10)
            .fit(Toy.images(200, 1), null);
    assertTrue(Evaluation.of(model, Toy.images(80, 2)).metric("accuracy") > 0.9);
  }

  @Test
  void settingsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> Optimizer.lars(0));
    assertThrows(IllegalArgumentException.class, () -> Optimizer.lars(1).trust(0));
    assertThrows(IllegalArgumentException.class, () -> Optimizer.lars(1).momentum(-1));
    assertThrows(IllegalArgumentException.class, () -> Optimizer.lars(1).weightDecay(-1));
    assertEquals(
        new Lars(2, 0.8, 0.1, 0.01), Optimizer.lars(2).momentum(0.8).weightDecay(0.1).trust(0.01));
  }
}
