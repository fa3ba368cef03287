package stride.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import stride.graph.Initializer.Fan;
import stride.network.Network;
import stride.tensor.Shape;

/** Bounds and deviations as torch.nn.init computes them. */
final class InitializerTest {
  /** Fan-in 20 * 5 * 3 = 300, fan-out 60 * 5 * 3 = 900. */
  private static final Shape FILTERS = Shape.of(60, 20, 5, 3);

  private static final Shape MATRIX = Shape.of(200, 150);
  private static final double RELU = Math.sqrt(2);

  @Test
  void kaimingUniformIsBoundedByGainTimesTheRootOfThreeByFan() {
    assertUniform(Math.sqrt(6.0 / 300), new Initializer.KaimingUniform(RELU, Fan.IN), FILTERS);
    assertUniform(Math.sqrt(6.0 / 900), new Initializer.KaimingUniform(RELU, Fan.OUT), FILTERS);
    assertUniform(Math.sqrt(3.0 / 150), new Initializer.KaimingUniform(1, Fan.IN), MATRIX);
    assertUniform(Math.sqrt(3.0 / 200), new Initializer.KaimingUniform(1, Fan.OUT), MATRIX);
  }

  @Test
  void kaimingNormalDeviatesByGainByTheRootOfFan() {
    assertNormal(Math.sqrt(2.0 / 300), new Initializer.KaimingNormal(RELU, Fan.IN), FILTERS);
    assertNormal(Math.sqrt(2.0 / 900), new Initializer.KaimingNormal(RELU, Fan.OUT), FILTERS);
    assertNormal(1 / Math.sqrt(150), new Initializer.KaimingNormal(1, Fan.IN), MATRIX);
  }

  @Test
  void xavierTakesBothFans() {
    assertUniform(Math.sqrt(6.0 / 1200), new Initializer.XavierUniform(1), FILTERS);
    assertUniform(5.0 / 3 * Math.sqrt(6.0 / 350), new Initializer.XavierUniform(5.0 / 3), MATRIX);
    assertNormal(Math.sqrt(2.0 / 1200), new Initializer.XavierNormal(1), FILTERS);
    assertNormal(2 * Math.sqrt(2.0 / 350), new Initializer.XavierNormal(2), MATRIX);
  }

  @Test
  void constantsUniformsAndNormalsAreWhatTheySay() {
    for (float value : new Initializer.Constant(0.25f).values(MATRIX, new SplittableRandom(1))) {
      assertEquals(0.25f, value);
    }
    assertUniform(0.3, new Initializer.Uniform(0.3), MATRIX);
    assertNormal(0.02, new Initializer.Normal(0.02), MATRIX);
  }

  /** torch.nn.Conv2d and torch.nn.Linear: all in +-1 / sqrt(fan-in), biases too. */
  @Test
  void layersBeginAsPyTorchsDo() {
    var graph =
        Network.of(
                Shape.image(6, 6, 8),
                sequential(conv(900, 3).groups(4), conv(800, 1), flatten(), dense(700)))
            .graph();
    var weights = Weights.initialized(graph, 3);
    double[] bounds = {
      1 / Math.sqrt(18),
      1 / Math.sqrt(18),
      1 / Math.sqrt(900),
      1 / Math.sqrt(900),
      1 / Math.sqrt(12800),
      1 / Math.sqrt(12800)
    };
    for (int k = 0; k < bounds.length; k++) {
      var entry = weights.table().weights().get(k);
      assertUniform(bounds[k], weights.read(entry), entry.name());
    }
  }

  @Test
  void aLayersOwnInitializerIsUsed() {
    var layer = sequential(conv(3, 1).initializer(new Initializer.Constant(7)), flatten());
    var weights = Weights.initialized(Network.of(Shape.image(2, 2, 1), layer).graph(), 1);
    assertEquals(7, weights.read(weights.table().weights().getFirst())[0]);
  }

  /** Weights take them a few filters at a time, files' tensors as a whole. */
  @Test
  void weightsBeginWithTheInitializersValuesInTheFilesOrder() {
    var layer = sequential(conv(37, 3), batchNorm(), flatten(), dense(21), layerNorm());
    var graph = Network.of(Shape.image(6, 5, 3), layer).graph();
    var weights = Weights.initialized(graph, 5);
    var random = new SplittableRandom(5);
    for (var entry : weights.table().weights()) {
      var parameter = entry.parameter();
      assertArrayEquals(
          parameter.initializer().values(parameter.shape(), random.split()),
          weights.read(entry),
          entry.name());
    }
  }

  private static void assertUniform(double bound, Initializer initializer, Shape shape) {
    assertUniform(
        bound, initializer.values(shape, new SplittableRandom(42)), initializer.toString());
  }

  /** The largest of n comes within some 10 / n of the bound; the deviation is bound / sqrt(3). */
  private static void assertUniform(double bound, float[] values, String what) {
    double max = 0;
    double sum = 0;
    double squares = 0;
    int n = values.length;
    for (float value : values) {
      max = Math.max(max, Math.abs(value));
      sum += value;
      squares += (double) value * value;
    }
    assertTrue(max <= bound * (1 + 1e-6), what + ": " + max + " is above " + bound);
    assertTrue(max >= bound * (1 - 10.0 / n), what + ": " + max + " is far below " + bound);
    assertEquals(0, sum / n, 4 * bound / Math.sqrt(3.0 * n), what);
    assertEquals(1.0 / 3, squares / n / bound / bound, 4 * 0.3 / Math.sqrt(n), what);
  }

  private static void assertNormal(double deviation, Initializer initializer, Shape shape) {
    float[] values = initializer.values(shape, new SplittableRandom(42));
    double sum = 0;
    double squares = 0;
    int far = 0;
    int n = values.length;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
      far += Math.abs(value) > 2 * deviation ? 1 : 0;
    }
    assertEquals(0, sum / n, 4 * deviation / Math.sqrt(n), initializer.toString());
    assertEquals(
        1, squares / n / deviation / deviation, 4 * Math.sqrt(2.0 / n), initializer.toString());
    assertEquals(0.0455, far / (double) n, 4 * Math.sqrt(0.0455 / n), "a bell curve's tails");
  }
}
