package stride.kernel.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.ConvGeometry;
import stride.kernel.PoolGeometry;

/** The oracle's gradients against central differences of its own forward functions. */
class ReferenceTest {
  private static final double STEP = 1e-5;
  private static final double ERROR = 1e-8;

  static Stream<ConvGeometry> convolutions() {
    return Stream.of(
        new ConvGeometry(4, 5, 3, 4, 5, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1),
        new ConvGeometry(5, 6, 2, 3, 2, 3, 2, 3, 2, 3, 1, 0, 1, 1, 1),
        new ConvGeometry(6, 5, 2, 4, 5, 4, 3, 2, 1, 1, 1, 1, 2, 1, 2),
        new ConvGeometry(4, 4, 3, 2, 3, 3, 3, 2, 2, 1, 0, 1, 1, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionsGradientsAreItsDerivatives(ConvGeometry g) {
    var random = new SplittableRandom(1);
    double[] x = values(g.inPixels() * g.inChannels(), random);
    double[] w = values(g.weights(), random);
    double[] bias = values(g.outChannels(), random);
    double[] dy = values(g.outPixels() * g.outChannels(), random);
    assertArrayEquals(
        differences(v -> ReferenceConvolution.forward(g, v, w, bias), x, dy),
        ReferenceConvolution.inputGradient(g, dy, w),
        ERROR);
    assertArrayEquals(
        differences(v -> ReferenceConvolution.forward(g, x, v, bias), w, dy),
        ReferenceConvolution.weightGradient(g, x, dy),
        ERROR);
  }

  /**
   * The lecture's vertical edge: a bright half and a dark one, 1 0 -1 in each of the filter's rows.
   */
  @Test
  void verticalEdgeOfTheLecture() {
    var x = new double[36];
    for (int i = 0; i < 36; i++) {
      x[i] = i % 6 < 3 ? 10 : 0;
    }
    double[] w = {1, 0, -1, 1, 0, -1, 1, 0, -1};
    var g = new ConvGeometry(6, 6, 1, 4, 4, 1, 3, 3, 1, 1, 0, 0, 1, 1, 1);
    assertArrayEquals(
        new double[] {0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0},
        ReferenceConvolution.forward(g, x, w, null));
  }

  @Test
  void matrixProductsGradientsAreItsDerivatives() {
    var random = new SplittableRandom(2);
    double[] x = values(3 * 4, random);
    double[] w = values(4 * 5, random);
    double[] bias = values(5, random);
    double[] dy = values(3 * 5, random);
    assertArrayEquals(
        differences(v -> ReferenceMatrixProduct.forward(4, 5, v, w, bias), x, dy),
        ReferenceMatrixProduct.inputGradient(4, 5, dy, w),
        ERROR);
    assertArrayEquals(
        differences(v -> ReferenceMatrixProduct.forward(4, 5, x, v, bias), w, dy),
        ReferenceMatrixProduct.weightGradient(4, 5, x, dy),
        ERROR);
  }

  @Test
  void poolingsGradientsAreItsDerivatives() {
    var random = new SplittableRandom(3);
    for (boolean countsPadding : new boolean[] {false, true}) {
      var g = new PoolGeometry(5, 6, 2, 3, 3, 3, 2, 2, 2, 1, 0, 1, 0, countsPadding);
      double[] x = values(60, random);
      double[] dy = values(18, random);
      assertArrayEquals(
          differences(v -> ReferencePooling.max(g, v), x, dy),
          ReferencePooling.maxGradient(g, x, dy),
          ERROR);
      assertArrayEquals(
          differences(v -> ReferencePooling.average(g, v), x, dy),
          ReferencePooling.averageGradient(g, dy),
          ERROR);
    }
  }

  @Test
  void activationsGradientsAreTheirDerivatives() {
    var random = new SplittableRandom(4);
    double[] x = values(40, random);
    double[] dy = values(40, random);
    assertArrayEquals(
        differences(ReferenceElementwise::tanh, x, dy),
        ReferenceElementwise.tanhGradient(ReferenceElementwise.tanh(x), dy),
        ERROR);
    assertArrayEquals(
        differences(ReferenceElementwise::sigmoid, x, dy),
        ReferenceElementwise.sigmoidGradient(ReferenceElementwise.sigmoid(x), dy),
        ERROR);
    assertArrayEquals(
        differences(v -> ReferenceElementwise.relu(v, 0.5), x, dy),
        ReferenceElementwise.reluGradient(ReferenceElementwise.relu(x, 0.5), dy, 0.5),
        ERROR);
  }

  @Test
  void softmaxsGradientIsItsDerivative() {
    var random = new SplittableRandom(5);
    double[] x = values(15, random);
    double[] dy = values(15, random);
    assertArrayEquals(
        differences(v -> ReferenceChannelwise.softmax(v, 5), x, dy),
        ReferenceChannelwise.softmaxGradient(ReferenceChannelwise.softmax(x, 5), dy, 5),
        ERROR);
  }

  @CsvSource({"5, 1e-4, 0.75, 2", "3, 2, 0.5, 1", "4, 3, 1.25, 0.5"})
  @ParameterizedTest
  void localResponsesGradientIsItsDerivative(int size, double alpha, double beta, double k) {
    var random = new SplittableRandom(6);
    double[] x = values(21, random);
    double[] dy = values(21, random);
    assertArrayEquals(
        differences(v -> ReferenceChannelwise.localResponse(v, 7, size, alpha, beta, k), x, dy),
        ReferenceChannelwise.localResponseGradient(x, dy, 7, size, alpha, beta, k),
        ERROR);
  }

  @Test
  void batchNormCentresAndScales() {
    double[] x = {1, 10, 2, 30, 3, 20};
    double[] y = ReferenceChannelwise.batchNorm(x, new double[] {1, 2}, new double[] {0, 5}, 0);
    double unit = Math.sqrt(1.5);
    assertArrayEquals(new double[] {-unit, 5 - 2 * unit, 0, 5 + 2 * unit, unit, 5}, y, 1e-12);
  }

  /** Three steps by hand: v = 1, 1.5, 1.75 times the gradient. */
  @Test
  void momentumGathersSpeed() {
    double[] w = {0};
    double[] v = {0};
    for (int t = 0; t < 3; t++) {
      ReferenceUpdates.sgd(w, new double[] {2}, v, 0.1, 0.5, false, 0);
    }
    assertEquals(-0.1 * 2 * (1 + 1.5 + 1.75), w[0], 1e-12);
  }

  /** Whatever the gradient's size, Adam's first step is the rate. */
  @Test
  void adamBeginsWithAStepOfTheRate() {
    for (double g : new double[] {1e-3, 1, -1e3}) {
      double[] w = {0};
      ReferenceUpdates.adam(
          w, new double[] {g}, new double[1], new double[1], 0.01, 0.9, 0.999, 0, 1, 0, false);
      assertEquals(-0.01 * Math.signum(g), w[0], 1e-12);
    }
  }

  /** The gradient of (f(x), dy) with respect to x. */
  private static double[] differences(UnaryOperator<double[]> f, double[] x, double[] dy) {
    var gradient = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double at = x[i];
      x[i] = at + STEP;
      double[] above = f.apply(x);
      x[i] = at - STEP;
      double[] below = f.apply(x);
      x[i] = at;
      for (int k = 0; k < dy.length; k++) {
        gradient[i] += dy[k] * (above[k] - below[k]) / (2 * STEP);
      }
    }
    return gradient;
  }

  private static double[] values(int n, SplittableRandom random) {
    var values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextDouble(-2, 2);
    }
    return values;
  }
}
