package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.lang.ref.Reference;
import org.junit.jupiter.api.Test;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.network.Network;

/** Packed forms of weights take memory only as long as a plan that reads them is there. */
final class PackedMemoryTest {
  private static final Network NETWORK =
      Network.of(
          Toy.SHAPE,
          sequential(
              conv(32, 3).padding(1), relu(), conv(32, 3).padding(1), relu(), flatten(), dense(4)));

  @Test
  void nothingIsLeftOfATraining() throws IOException, InterruptedException {
    var model =
        Trainer.of(NETWORK)
            .epochs(2)
            .batch(16)
            .callback(
                new Callback() {
                  @Override
                  public void step(Progress progress) {
                    assertTrue(
                        progress.liveModel().weights().packedBytes()
                            > 32 * 32 * 9 * 2 * Float.BYTES,
                        "a training packs the second layer's filters for both passes");
                  }
                })
            .fit(Toy.images(64, 1), Toy.images(32, 2));
    assertBytes(0, model.weights());
    Reference.reachabilityFence(model);
  }

  @Test
  void whatOnlyATrainingNeedsGoesWithItsPlan() throws InterruptedException {
    var graph = NETWORK.graph();
    var weights = Weights.initialized(graph, 1);
    try (var engine = Engine.withThreads(2)) {
      var inference = engine.plan(graph, weights, 16, Purpose.inference());
      inference.forward(16);
      long needed = weights.packedBytes();
      train(engine, weights);
      assertBytes(needed, weights);
      inference.forward(16);
      assertEquals(needed, weights.packedBytes());
    }
  }

  private static void train(Engine engine, Weights weights) {
    long before = weights.packedBytes();
    var training = engine.plan(NETWORK.graph(), weights, 16, Purpose.training());
    training.forward(16);
    training.backward(16);
    assertTrue(weights.packedBytes() > before);
    Reference.reachabilityFence(training);
  }

  private static void assertBytes(long expected, Weights weights) throws InterruptedException {
    for (int i = 0; i < 50 && weights.packedBytes() != expected; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertEquals(expected, weights.packedBytes());
  }
}
