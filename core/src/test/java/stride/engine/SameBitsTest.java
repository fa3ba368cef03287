package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.ByteImages;
import stride.data.ImageDataset;
import stride.data.RandomShift;
import stride.image.Preprocessing;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.train.Optimizer;
import stride.train.Trainer;

/** The number of threads changes no bit of what is learned. */
@Tag("kernels")
class SameBitsTest {
  private static final Shape SHAPE = Shape.image(20, 20, 1);

  private static final Layer LAYERS =
      sequential(
          conv(6, 5).padding(2),
          batchNorm(),
          relu(),
          avgPool(2),
          residual(sequential(conv(6, 3).padding(1), tanh(), dropout(0.3))),
          branches(conv(9, 3).padding(1), maxPool(3).stride(1).padding(1)),
          flatten(),
          dense(40),
          sigmoid(),
          dense(4));

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void moreThreadsLearnTheBitsOfOne(int threads) throws IOException {
    assertArrayEquals(learned(1, 5), learned(threads, 5));
  }

  @Test
  void theSeedDecides() throws IOException {
    assertArrayEquals(learned(2, 5), learned(2, 5));
    assertFalse(Arrays.equals(learned(2, 5), learned(2, 6)));
  }

  @Test
  void aFailureOfAnyThreadReachesTheCaller() {
    try (var engine = Engine.withThreads(3)) {
      for (int i = 0; i < 50; i++) {
        int failing = i % 8;
        assertThrows(
            IllegalStateException.class,
            () ->
                engine.forEach(
                    8,
                    (task, worker) -> {
                      if (task == failing) {
                        throw new IllegalStateException("task " + task);
                      }
                    }));
      }
    }
  }

  @Test
  void aSmallerBatchComputesWhatALargerOneDoes() {
    var network = Network.of(SHAPE, LAYERS);
    var weights = stride.graph.Weights.initialized(network.graph(), 1);
    try (var engine = Engine.withThreads(2)) {
      var plan = engine.plan(network.graph(), weights, 7, Purpose.INFERENCE);
      for (int n = 0; n < 7; n++) {
        for (int i = 0; i < SHAPE.elements(); i++) {
          plan.input().array()[plan.input().at(n) + i] =
              CounterRandom.uniform(CounterRandom.bits(n, i));
        }
      }
      plan.forward(7);
      float[] third = plan.output("output").read(2);
      plan.forward(3);
      assertArrayEquals(third, plan.output("output").read(2));
      assertThrows(IllegalArgumentException.class, () -> plan.forward(8));
    }
  }

  private static float[] learned(int threads, long seed) throws IOException {
    try (var engine = Engine.withThreads(threads)) {
      var weights =
          Trainer.of(Network.of(SHAPE, LAYERS))
              .optimizer(Optimizer.sgd(0.05).momentum(0.9))
              .augmentation(new RandomShift(1))
              .engine(engine)
              .batch(19)
              .epochs(2)
              .seed(seed)
              .fit(data(), null)
              .weights();
      float[] all =
          Arrays.copyOf(weights.values(), weights.values().length + weights.statistics().length);
      System.arraycopy(
          weights.statistics(), 0, all, weights.values().length, weights.statistics().length);
      return all;
    }
  }

  private static ImageDataset data() {
    var pixels = new byte[100 * SHAPE.elements()];
    var labels = new byte[100];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) CounterRandom.bits(3, i);
    }
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i % 4);
    }
    return new ByteImages(pixels, labels, List.of("a", "b", "c", "d"), Preprocessing.none(SHAPE));
  }
}
