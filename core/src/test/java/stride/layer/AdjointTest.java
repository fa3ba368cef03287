package stride.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * A linear layer y = J x has the input gradient J' u, so that u . y = (J' u) . x; a convolution is
 * linear in its weights too, so that u . y = dw . w. Every element takes part, at random settings.
 */
@Tag("kernels")
final class AdjointTest {
  /** Of the product of the norms: some 600 float roundings, which mostly cancel. */
  private static final double TOLERANCE = 1e-6;

  private static final int[] CHANNELS = {1, 3, 7, 13, 17, 33};
  private static final Engine ENGINE = Engine.withThreads(2);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static LongStream seeds() {
    return LongStream.range(0, 16);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRandomConvolutionsGradientsAreItsAdjoints(long seed) {
    var random = new SplittableRandom(seed);
    int groups = new int[] {1, 1, 2, 3}[random.nextInt(4)];
    int in = CHANNELS[random.nextInt(CHANNELS.length)] * groups;
    int out = CHANNELS[random.nextInt(CHANNELS.length)] * groups;
    if (random.nextInt(5) == 0) {
      groups = in;
      out = in;
    }
    var conv =
        conv(out, 1 + random.nextInt(5), 1 + random.nextInt(5))
            .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
            .dilation(1 + random.nextInt(2))
            .groups(groups)
            .noBias();
    conv = random.nextBoolean() ? conv.same() : conv.padding(random.nextInt(3), random.nextInt(3));
    check(conv, Shape.image(9 + random.nextInt(8), 9 + random.nextInt(6), in), 2, seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRandomTransposedConvolutionsGradientsAreItsAdjoints(long seed) {
    var random = new SplittableRandom(seed);
    int groups = new int[] {1, 1, 2, 3}[random.nextInt(4)];
    int in = CHANNELS[random.nextInt(CHANNELS.length)] * groups;
    int out = CHANNELS[random.nextInt(CHANNELS.length)] * groups;
    int stride = 1 + random.nextInt(3);
    var conv =
        convTranspose(out, 1 + random.nextInt(5), 1 + random.nextInt(5))
            .stride(stride)
            .dilation(1 + random.nextInt(2))
            .padding(random.nextInt(3), random.nextInt(3))
            .outputPadding(random.nextInt(stride))
            .groups(groups)
            .noBias();
    check(conv, Shape.image(5 + random.nextInt(8), 5 + random.nextInt(6), in), 2, seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRandomDenseLayersGradientsAreItsAdjoints(long seed) {
    var random = new SplittableRandom(seed);
    int in = 1 + random.nextInt(seed < 4 ? 600 : 70);
    int out = 1 + random.nextInt(seed < 4 ? 300 : 70);
    check(dense(out).noBias(), Shape.of(in), 1 + random.nextInt(9), seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRandomAveragePoolingsGradientIsItsAdjoint(long seed) {
    var random = new SplittableRandom(seed);
    int size = 1 + random.nextInt(4);
    var pool = avgPool(size).stride(1 + random.nextInt(3)).padding(random.nextInt(size / 2 + 1));
    pool = random.nextBoolean() ? pool.ceilMode() : pool;
    pool = random.nextBoolean() ? pool.countExcludePad() : pool;
    int channels = CHANNELS[random.nextInt(CHANNELS.length)];
    check(pool, Shape.image(4 + random.nextInt(8), 4 + random.nextInt(8), channels), 2, seed);
  }

  @Test
  void aConvolutionThatIsSplitIntoBandsOfRowsHasItsAdjoints() {
    check(conv(67, 3).padding(1).noBias(), Shape.image(17, 15, 65), 2, 1);
  }

  @Test
  void aConvolutionThatIsSplitIntoBandsOfRowsIsItsDefinition() {
    var graph = Network.of(Shape.image(17, 15, 65), conv(67, 3).padding(1)).graph();
    assertTrue(
        graph
                .nodes()
                .getFirst()
                .operation()
                .multiplyAdds(graph.inputTypes(graph.nodes().getFirst()))
            > 8_000_000);
    var weights = Rig.randomWeights(graph, 1);
    float[][] x = Rig.random(1, graph.input().shape().elements(), 1, 2);
    var rig = new Rig(graph, weights, ENGINE, 1, 1, Purpose.inference().withAllOutputs());
    float[] y = rig.forward(x).get(Graph.OUTPUT)[0];
    var input = new double[1][x[0].length];
    for (int i = 0; i < x[0].length; i++) {
      input[0][i] = x[0][i];
    }
    double[] expected =
        new DoubleNetwork(graph, weights, false).outputs(input).get(Graph.OUTPUT).samples()[0];
    for (int i = 0; i < y.length; i++) {
      assertEquals(expected[i], y[i], 2e-5, "output " + i);
    }
  }

  private static void check(Layer layer, Shape input, int samples, long seed) {
    var graph = Network.of(input, layer).graph();
    var weights = Rig.randomWeights(graph, seed);
    var purpose =
        Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
    var rig = new Rig(graph, weights, ENGINE, samples, samples, purpose);
    float[][] x = Rig.random(samples, input.elements(), 1, seed + 1);
    float[][] y = rig.forward(x).get(Graph.OUTPUT);
    float[][] u = Rig.random(samples, y[0].length, 1, seed + 2);
    rig.backward(Map.of(Graph.OUTPUT, u));
    double expected = dot(u, y);
    double bound = TOLERANCE * Math.sqrt(dot(u, u) * dot(y, y));
    String what = "%s on %s, seed %d, %s".formatted(layer, input, seed, ENGINE.kernels().name());
    assertEquals(expected, dot(rig.inputGradient(), x), bound, "input gradient of " + what);
    for (var entry : weights.table().weights()) {
      assertEquals(
          expected,
          dot(new float[][] {rig.gradient(entry)}, new float[][] {weights.read(entry)}),
          bound,
          "weight gradient of " + what);
    }
  }

  private static double dot(float[][] a, float[][] b) {
    double sum = 0;
    for (int n = 0; n < a.length; n++) {
      for (int i = 0; i < a[n].length; i++) {
        sum += (double) a[n][i] * b[n][i];
      }
    }
    return sum;
  }
}
