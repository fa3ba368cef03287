package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/** What a backward pass says of the gradients while it runs. */
final class BackwardStagesTest {
  private static final int BATCH = 6;

  record Case(String name, Network network, Set<String> frozen, int calls) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Network small(Layer... layers) {
    return Network.of(Shape.image(8, 8, 1), sequential(layers));
  }

  static Stream<Case> cases() {
    var large =
        small(
            conv(8, 3).padding(1),
            batchNorm(),
            relu(),
            flatten(),
            dense(2100),
            prelu(),
            dense(1000),
            layerNorm(),
            dense(1200),
            relu(),
            dense(10));
    return Stream.of(
        new Case("large layers with biases and norms", large, Set.of(), 3),
        new Case("a frozen layer in the middle", large, Set.of("6"), 2),
        new Case(
            "weights that are used twice",
            small(
                flatten(),
                dense(1100),
                shared("twice", dense(1100)),
                tanh(),
                dense(1100),
                shared("twice", dense(1100)),
                dense(10)),
            Set.of(),
            2),
        new Case(
            "branches",
            small(
                residual(
                    sequential(conv(16, 3).padding(1), batchNorm(), relu(), conv(16, 3).padding(1)),
                    conv(16, 1)),
                relu(),
                flatten(),
                dense(10)),
            Set.of(),
            1));
  }

  /** Whoever sends gradients that are not final sends wrong ones. */
  @ParameterizedTest
  @MethodSource("cases")
  void finalGradientsDoNotChange(Case of) {
    var graph = of.network.graph();
    var purpose = Purpose.training().freezing(of.frozen);
    for (int threads : new int[] {1, 3}) {
      try (var engine = Engine.withThreads(threads)) {
        var plan = engine.plan(graph, Weights.initialized(graph, 1), BATCH, purpose);
        for (boolean adding : new boolean[] {false, true}) {
          run(plan);
          var said = new LinkedHashMap<Integer, float[]>();
          plan.backward(
              BATCH,
              adding,
              from ->
                  said.put(
                      from, Arrays.copyOfRange(plan.gradients(), from, plan.gradients().length)));
          float[] gradients = plan.gradients().clone();
          int before = gradients.length;
          for (var call : said.entrySet()) {
            assertTrue(call.getKey() < before, "called once for each gradient");
            before = call.getKey();
            assertArrayEquals(
                Arrays.copyOfRange(gradients, before, gradients.length), call.getValue());
          }
          assertEquals(
              plan.weights().table().weights().getFirst().offset(), before, "all are final");
          assertTrue(said.size() >= of.calls, said.size() + " calls");
        }
      }
    }
  }

  private static void run(Plan plan) {
    var random = new Random(1);
    var input = plan.input();
    for (int i = input.at(0); i < input.at(BATCH); i++) {
      input.array()[i] = (float) random.nextGaussian();
    }
    plan.forward(BATCH);
    var gradient = plan.outputGradient(Graph.OUTPUT);
    for (int i = gradient.at(0); i < gradient.at(BATCH); i++) {
      gradient.array()[i] = (float) random.nextGaussian();
    }
  }
}
