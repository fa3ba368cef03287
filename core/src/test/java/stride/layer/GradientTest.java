package stride.layer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.layer.normalization.BatchNorm;

/**
 * Every layer's forward and backward pass in float against its definition in double: the gradient
 * of L = the sum of u y, for a random u at every output, by central differences.
 */
@Tag("kernels")
final class GradientTest {
  /** Half the width of a central difference: in double the error is far below float's. */
  private static final double H = 1e-5;

  /**
   * What float may be off, as a part of a tensor's largest value: sums of up to 600 products of
   * order 1, each rounded by 2^-24, and the kernels' own tanh and exponential.
   */
  private static final double TOLERANCE = 4e-6;

  /** Tensors of up to so many elements get a central difference for each; others for a few. */
  private static final int SMALL = 36;

  private static final Engine ENGINE = Engine.withThreads(2);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static List<LayerCases> cases() {
    return LayerCases.all();
  }

  static Stream<LayerCases> casesOfPrediction() {
    return Stream.concat(LayerCases.all().stream(), Stream.of(LayerCases.normBehindNorm()));
  }

  static List<LayerCases> casesWithBatchNorm() {
    return LayerCases.all().stream()
        .filter(
            c ->
                c.network().graph().nodes().stream()
                    .anyMatch(node -> node.operation() instanceof BatchNorm))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreTheCentralDifferencesOfTheDefinition(LayerCases layer) {
    new Check(layer, false, 3, 4, 11).run();
  }

  @ParameterizedTest
  @MethodSource("casesWithBatchNorm")
  void gradientsThroughBatchStatisticsAreTheCentralDifferencesOfTheDefinition(LayerCases layer) {
    new Check(layer, true, 5, 6, 12).run();
  }

  /** 37 samples fall into groups of 3, and the last group has one sample only. */
  @ParameterizedTest
  @MethodSource("casesWithBatchNorm")
  void gradientsSumOverGroupsOfSeveralSamples(LayerCases layer) {
    new Check(layer, true, 37, 40, 13).run();
  }

  /** What is fused into what differs where no gradient is asked for. */
  @ParameterizedTest
  @MethodSource("casesOfPrediction")
  void predictionsAreThoseOfTheDefinition(LayerCases layer) {
    new Check(layer, Purpose.inference().withAllOutputs(), 3, 4, 14).compareOutputs();
  }

  private static final class Check {
    final LayerCases layer;
    final int samples;
    final long seed;
    final float[][] inputs;
    final DoubleNetwork reference;
    final Rig rig;
    final Map<String, float[][]> u;

    Check(LayerCases layer, boolean batchStatistics, int samples, int batch, long seed) {
      this(
          layer,
          Purpose.training()
              .withBatchStatistics(batchStatistics)
              .withDropout(false)
              .withInputGradient(),
          samples,
          batch,
          seed);
    }

    Check(LayerCases layer, Purpose purpose, int samples, int batch, long seed) {
      this.layer = layer;
      this.samples = samples;
      this.seed = seed;
      var graph = layer.network().graph();
      Weights weights = Rig.randomWeights(graph, seed);
      inputs = Rig.random(samples, layer.network().input().elements(), layer.scale(), seed + 1);
      reference = new DoubleNetwork(graph, weights, purpose.batchStatistics());
      rig = new Rig(graph, weights, ENGINE, samples, batch, purpose);
      u = rig.randomOutputGradients(seed + 2);
    }

    void compareOutputs() {
      var expected = reference.outputs(doubles(inputs));
      rig.forward(inputs)
          .forEach(
              (name, actual) ->
                  compare("output " + name, flat(expected.get(name).samples()), flat(actual)));
    }

    void run() {
      compareOutputs();
      double[][] x = doubles(inputs);
      rig.backward(u);
      float[][] dx = rig.inputGradient();
      for (int n = 0; n < samples; n += samples < 8 ? 1 : 12) {
        checkTensor("gradient of input " + n, x, x[n], dx[n]);
      }
      for (var entry : rig.weights().table().weights()) {
        checkTensor(
            "gradient of " + entry.name(),
            x,
            reference.weights().get(entry.name()),
            rig.gradient(entry));
      }
    }

    /** Differentiates L by single elements of a tensor, and along two random directions. */
    void checkTensor(String what, double[][] x, double[] tensor, float[] gradient) {
      var random = new SplittableRandom(seed + tensor.length);
      int[] elements =
          tensor.length <= SMALL && samples < 8
              ? IntStream.range(0, tensor.length).toArray()
              : random.ints(4, 0, tensor.length).toArray();
      double scale =
          IntStream.range(0, gradient.length)
              .mapToDouble(i -> gradient[i])
              .map(Math::abs)
              .max()
              .orElse(0);
      for (int i : elements) {
        double[] direction = new double[tensor.length];
        direction[i] = 1;
        check(what + " at " + i, derivative(x, tensor, direction), gradient[i], scale);
      }
      for (int d = 0; d < 2; d++) {
        double[] direction = random.doubles(tensor.length, -1, 1).toArray();
        double sum = 0;
        for (int i = 0; i < tensor.length; i++) {
          sum += gradient[i] * direction[i];
        }
        check(
            what + " along a direction",
            derivative(x, tensor, direction),
            sum,
            scale * Math.sqrt(tensor.length));
      }
    }

    double derivative(double[][] x, double[] tensor, double[] direction) {
      double[] before = tensor.clone();
      move(tensor, before, direction, H);
      double above = loss(x);
      move(tensor, before, direction, -H);
      double below = loss(x);
      move(tensor, before, direction, 0);
      return (above - below) / (2 * H);
    }

    private static void move(double[] tensor, double[] from, double[] direction, double h) {
      for (int i = 0; i < tensor.length; i++) {
        tensor[i] = from[i] + h * direction[i];
      }
    }

    double loss(double[][] x) {
      double loss = 0;
      for (var output : reference.outputs(x).entrySet()) {
        double[] y = flat(output.getValue().samples());
        double[] at = flat(u.get(output.getKey()));
        for (int i = 0; i < y.length; i++) {
          loss += at[i] * y[i];
        }
      }
      return loss;
    }

    void compare(String what, double[] expected, double[] actual) {
      assertTrue(
          expected.length == actual.length,
          () -> "%s has %d values, expected %d".formatted(what, actual.length, expected.length));
      double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      for (int i = 0; i < expected.length; i++) {
        check(what + " at " + i, expected[i], actual[i], scale);
      }
    }

    void check(String what, double expected, double actual, double scale) {
      if (!(Math.abs(expected - actual) <= TOLERANCE * Math.max(scale, 1e-3))) {
        throw new AssertionError(
            "%s: %s is %.9g, its definition gives %.9g (largest %.3g; seed %d, %s)"
                .formatted(layer, what, actual, expected, scale, seed, ENGINE.kernels().name()));
      }
    }
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[] flat(float[][] rows) {
    return flat(doubles(rows));
  }

  private static double[][] doubles(float[][] rows) {
    return Arrays.stream(rows)
        .map(row -> IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray())
        .toArray(double[][]::new);
  }
}
