package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.Layer;
import stride.layer.PlainLayer;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

/** Threads share out pixels and rows where there are too few samples for them. */
final class PartsTest {
  /** Large enough that each layer of a single sample is worth several threads. */
  private static final Shape INPUT = Shape.image(61, 67, 20);

  /** Layers that threads share out in parts; all keep the number of channels. */
  private static final List<Layer> LAYERS =
      List.of(
          relu(),
          sigmoid(),
          gelu(),
          prelu(),
          softmax(),
          batchNorm(),
          layerNorm2d(),
          localResponseNorm(5),
          maxPool(3).stride(1).padding(1),
          avgPool(3).stride(1).padding(1),
          avgPool(2).stride(1),
          adaptiveAvgPool(47),
          zeroPad(1, 2, 0, 3),
          sequential(upsampleTo(60, 50), crop(1, 2, 45, 44)),
          upsampleTo(60, 50).bilinear(),
          subsample(1, 20),
          channelShuffle(4),
          residual(tanh()),
          sum(hardSwish(), silu()),
          product(sigmoid(), elu()),
          difference(mish(), leakyRelu(0.1)),
          branches(channelSplit(1, 2), slice(3, 13)),
          gated(sequential(globalAvgPool(), sigmoid())));

  private static Graph network(long seed) {
    var random = new SplittableRandom(seed);
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < 8; i++) {
      layers.add(LAYERS.get(random.nextInt(LAYERS.size())));
    }
    return Network.of(INPUT, sequential(layers.toArray(Layer[]::new))).graph();
  }

  /** The output, and the gradients where there are any, one sample or weight after another. */
  private static List<float[]> run(
      Graph graph, Weights weights, int threads, int batch, boolean gradients) {
    var purpose = Purpose.inference().withAllOutputs();
    if (gradients) {
      purpose = purpose.withWeightGradients(true).withInputGradient();
    }
    try (var engine = Engine.withThreads(threads)) {
      var rig = new Rig(graph, weights, engine, batch, batch, purpose);
      var y = rig.forward(Rig.random(batch, INPUT.elements(), 2, 5)).get(Graph.OUTPUT);
      var values = new ArrayList<>(List.of(y));
      if (gradients) {
        rig.backward(Map.of(Graph.OUTPUT, Rig.random(batch, y[0].length, 1, 6)));
        values.addAll(List.of(rig.inputGradient()));
        weights.table().weights().forEach(entry -> values.add(rig.gradient(entry)));
      }
      return values;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 16})
  void everyNumberOfPartsGivesTheSameBits(int batch) {
    for (int seed = 0; seed < (batch > 3 ? 4 : 16); seed++) {
      var graph = network(100 * batch + seed);
      var weights = Rig.randomWeights(graph, seed);
      for (boolean gradients : new boolean[] {false, true}) {
        var expected = run(graph, weights, 1, batch, gradients);
        for (int threads : new int[] {2, 3, 7}) {
          var found = run(graph, weights, threads, batch, gradients);
          assertEquals(expected.size(), found.size());
          for (int i = 0; i < found.size(); i++) {
            assertArrayEquals(
                expected.get(i),
                found.get(i),
                "seed %d, %d threads, value %d".formatted(seed, threads, i));
          }
        }
      }
    }
  }

  /** A copy whose threads wait until each of some has taken a part. */
  private record Meeting(boolean rows, CountDownLatch latch, Set<Integer> workers)
      implements PlainLayer {
    @Override
    public String kind() {
      return "meeting";
    }

    @Override
    public Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      var shape = binding.outputType().shape();
      int pixel = shape.channels();
      int row = shape.width() * pixel;
      if (rows) {
        return Step.perRow(
            shape,
            (n, from, to, worker) -> {
              meet(worker);
              int length = (to - from) * row;
              System.arraycopy(
                  x.array(), x.at(n) + from * row, y.array(), y.at(n) + from * row, length);
            },
            (from, to, worker) -> {});
      }
      return Step.perPixel(
          shape,
          (from, to, worker) -> {
            meet(worker);
            int length = (to - from) * pixel;
            System.arraycopy(x.array(), x.at(from, pixel), y.array(), y.at(from, pixel), length);
          },
          (from, to, worker) -> {});
    }

    private void meet(int worker) {
      if (workers.add(worker)) {
        latch.countDown();
      }
      try {
        assertTrue(latch.await(20, TimeUnit.SECONDS), "another thread takes a part");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void threadsShareOutASingleSample(boolean rows) {
    int threads = 3;
    var workers = ConcurrentHashMap.<Integer>newKeySet();
    var meeting = new Meeting(rows, new CountDownLatch(threads), workers);
    var graph = Network.of(INPUT, meeting).graph();
    float[] x = Rig.random(1, INPUT.elements(), 1, 7)[0];
    try (var engine = Engine.withThreads(threads)) {
      var plan = engine.plan(graph, Weights.empty(graph), 1, Purpose.inference());
      plan.input().write(0, x);
      plan.forward(1);
      assertArrayEquals(x, plan.output(Graph.OUTPUT).read(0));
    }
    assertEquals(Set.of(0, 1, 2), workers);
  }

  @Test
  void aProfileHasTheTimesOfPartsAtTheirLayers() {
    var graph = Network.of(INPUT, sequential(tanh(), gelu(), maxPool(2))).graph();
    try (var engine = Engine.withThreads(2)) {
      var plan = engine.plan(graph, Weights.empty(graph), 1, Purpose.inference());
      var profile = plan.profile();
      profile.step(1);
      assertEquals(
          List.of("tanh", "gelu", "maxpool"),
          profile.layers().stream().map(Profile.LayerTime::kind).toList());
      profile.layers().forEach(layer -> assertTrue(layer.forwardSeconds() > 0, layer.name()));
    }
  }
}
