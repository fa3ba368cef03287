package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.compute.Buffer;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Losses against their definitions in double, and their gradients by central differences. */
final class LossTest {
  private static final int OFFSET = 3;
  private static final int CLASSES = 5;
  private static final int SAMPLES = 4;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void crossEntropyOfClasses(long seed) {
    var random = new SplittableRandom(seed);
    var targets = Targets.classes(SAMPLES + 1);
    for (int n = 0; n < SAMPLES; n++) {
      targets.setLabel(n, random.nextInt(CLASSES));
    }
    check(
        new SoftmaxCrossEntropy(),
        targets,
        CLASSES,
        seed,
        z -> {
          double total = 0;
          for (int n = 0; n < SAMPLES; n++) {
            total -= logSoftmax(z[n], targets.label(n)) / SAMPLES;
          }
          return total;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void crossEntropyOfSoftLabels(long seed) {
    crossEntropy(seed, true);
  }

  /** torch.nn.functional.cross_entropy takes rows of any sum. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void crossEntropyOfRowsThatDoNotSumToOne(long seed) {
    crossEntropy(seed, false);
  }

  private static void crossEntropy(long seed, boolean normalized) {
    var random = new SplittableRandom(seed);
    var targets = Targets.values(SAMPLES + 1, CLASSES);
    for (int n = 0; n < SAMPLES; n++) {
      double[] row = random.doubles(CLASSES).toArray();
      row[random.nextInt(CLASSES)] = 0;
      double sum = normalized ? java.util.stream.DoubleStream.of(row).sum() : 1;
      for (int j = 0; j < CLASSES; j++) {
        targets.setValue(n, j, (float) (row[j] / sum));
      }
    }
    check(
        new SoftmaxCrossEntropy(),
        targets,
        CLASSES,
        seed,
        z -> {
          double total = 0;
          for (int n = 0; n < SAMPLES; n++) {
            for (int j = 0; j < CLASSES; j++) {
              total -= targets.value(n, j) * logSoftmax(z[n], j) / SAMPLES;
            }
          }
          return total;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void binaryCrossEntropyOfValues(long seed) {
    var targets = randomRows(seed, 0, 1);
    check(
        new BinaryCrossEntropy(),
        targets,
        CLASSES,
        seed,
        z -> {
          double total = 0;
          for (int n = 0; n < SAMPLES; n++) {
            for (int j = 0; j < CLASSES; j++) {
              double p = 1 / (1 + Math.exp(-z[n][j]));
              double y = targets.value(n, j);
              total -= (y * Math.log(p) + (1 - y) * Math.log(1 - p)) / (SAMPLES * CLASSES);
            }
          }
          return total;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void binaryCrossEntropyOfTwoClasses(long seed) {
    var targets = Targets.classes(SAMPLES);
    for (int n = 0; n < SAMPLES; n++) {
      targets.setLabel(n, n % 2);
    }
    check(
        new BinaryCrossEntropy(),
        targets,
        1,
        seed,
        z -> {
          double total = 0;
          for (int n = 0; n < SAMPLES; n++) {
            double p = 1 / (1 + Math.exp(-z[n][0]));
            total -= Math.log(n % 2 == 1 ? p : 1 - p) / SAMPLES;
          }
          return total;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void meanSquaredError(long seed) {
    var targets = randomRows(seed, -2, 2);
    check(
        new MeanSquaredError(),
        targets,
        CLASSES,
        seed,
        z -> {
          double total = 0;
          for (int n = 0; n < SAMPLES; n++) {
            for (int j = 0; j < CLASSES; j++) {
              total += Math.pow(z[n][j] - targets.value(n, j), 2) / (SAMPLES * CLASSES);
            }
          }
          return total;
        });
  }

  /** The lecture's example: softmax of (9, 5, 0) is 0.98189, 0.01798, 0.00012. */
  @Test
  void theLecturesExample() {
    var outputs = new Outputs(new float[][] {{9, 5, 0}});
    var targets = Targets.classes(1);
    double loss = new SoftmaxCrossEntropy().apply(outputs, targets, 1);
    assertEquals(-Math.log(0.98189), loss, 1e-5);
    assertArrayEquals(
        new float[] {0.98189f - 1, 0.01798f, 0.00012f}, outputs.gradientRow(0), 1e-5f);
  }

  @Test
  void hugeLogitsGiveNoNan() {
    var two = Targets.classes(2);
    two.setLabel(0, 1);
    var outputs = new Outputs(new float[][] {{1e4f, -1e4f, 0}, {1e4f, -1e4f, 0}});
    assertEquals(1e4, new SoftmaxCrossEntropy().apply(outputs, two, 2), 1e-9);
    assertArrayEquals(new float[] {0.5f, -0.5f, 0}, outputs.gradientRow(0));
    assertArrayEquals(new float[] {0, 0, 0}, outputs.gradientRow(1));

    var values = Targets.values(1, 3);
    values.setValue(0, 1, 1);
    values.setValue(0, 2, 0.5f);
    assertEquals(
        2e4 + 1e4 * 0.5,
        new SoftmaxCrossEntropy().apply(new Outputs(new float[][] {{1e4f, -1e4f, 0}}), values, 1),
        1e-9,
        "soft");
    var logits = new Outputs(new float[][] {{1e4f, -1e4f, 1e4f}});
    assertEquals((1e4 + 1e4 + 5e3) / 3, new BinaryCrossEntropy().apply(logits, values, 1), 1e-9);
    assertArrayEquals(new float[] {1 / 3f, -1 / 3f, 0.5f / 3}, logits.gradientRow(0));
  }

  @Test
  void targetsThatDoNotFitAreNamed() {
    var targets = Targets.classes(1);
    targets.setLabel(0, 3);
    assertMessage(
        "label 3 is out of range, the network has 3 outputs",
        new SoftmaxCrossEntropy(),
        targets,
        3);
    targets.setLabel(0, -1);
    assertMessage(
        "label -1 is out of range, the network has 3 outputs",
        new SoftmaxCrossEntropy(),
        targets,
        3);
    assertMessage(
        "binary cross-entropy with classes as targets needs a network of 1 output, found 3",
        new BinaryCrossEntropy(),
        targets,
        3);
    targets.setLabel(0, 2);
    assertMessage(
        "the classes of binary cross-entropy must be 0 or 1, was 2 for sample 0",
        new BinaryCrossEntropy(),
        targets,
        1);
    targets.setLabel(0, 3);
    assertMessage(
        "label 3 is out of range, the network has 3 outputs", new MeanSquaredError(), targets, 3);
    var values = Targets.values(1, 1);
    values.setValue(0, 0, Float.NaN);
    assertMessage(
        "the targets of binary cross-entropy must be in [0, 1], was NaN for output 0 of sample 0",
        new BinaryCrossEntropy(),
        values,
        1);
  }

  private static void assertMessage(String message, Loss loss, Targets targets, int width) {
    var outputs = new Outputs(new float[1][width]);
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> loss.apply(outputs, targets, 1));
    assertEquals(message, thrown.getMessage());
  }

  private static final float[][] LOGITS = {{1, -2, 0.5f}, {0.25f, 3, -1}};
  private static final List<Double> WEIGHTS = List.of(0.5, 2.0, 3.0);

  /** What tools/golden/training.py prints. */
  @Test
  void smoothingAndWeightsArePyTorchs() {
    var labels = Targets.ofClasses(2, 1);
    var rows = Targets.ofValues(List.of(row(0.25f, 0.75f, 0), row(0, 0.5f, 0.5f)));
    var loss = new SoftmaxCrossEntropy();
    assertGolden(
        loss.smoothing(0.1),
        labels,
        LOGITS,
        0.6876499652862549,
        0.2852077782154083,
        -0.0016372241079807281,
        -0.2835705578327179,
        0.012868210673332214,
        -0.0046634674072265625,
        -0.00820478331297636);
    assertGolden(
        loss.weights(WEIGHTS),
        labels,
        LOGITS,
        0.6343726515769958,
        0.36224937438964844,
        0.01803533360362053,
        -0.38028469681739807,
        0.023627903312444687,
        -0.030397439375519753,
        0.00676950765773654);
    assertGolden(
        loss.weights(WEIGHTS).smoothing(0.2),
        labels,
        LOGITS,
        0.8286312818527222,
        0.32740774750709534,
        -0.010034083388745785,
        -0.3173736035823822,
        0.01656743697822094,
        0.016775839030742645,
        -0.03334331884980202);
    assertGolden(
        loss.weights(WEIGHTS).smoothing(0.2),
        rows,
        LOGITS,
        5.409857273101807,
        0.43645745515823364,
        -0.6416175961494446,
        0.20516018569469452,
        0.053232546895742416,
        0.6267409920692444,
        -0.6799735426902771);
    var binary = new BinaryCrossEntropy();
    assertGolden(
        binary.weights(List.of(2.5)),
        Targets.ofClasses(1, 1, 0),
        new float[][] {{1.5f}, {-0.5f}, {2}},
        1.6885513067245483,
        -0.15202133357524872,
        -0.5187160968780518,
        0.293599009513855);
    assertGolden(
        binary.weights(List.of(2.5, 0.5, 1.0)),
        Targets.ofValues(List.of(row(1, 0, 0.5f), row(0, 1, 1))),
        LOGITS,
        0.6329423189163208,
        -0.11205891519784927,
        0.019867153838276863,
        0.02040989138185978,
        0.09369608759880066,
        -0.003952155355364084,
        -0.12184309959411621);
  }

  private static Tensor row(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  private static void assertGolden(
      Loss loss, Targets targets, float[][] logits, double value, double... gradient) {
    var outputs = new Outputs(logits);
    assertEquals(value, loss.apply(outputs, targets, logits.length), 2e-6);
    for (int n = 0, i = 0; n < logits.length; n++) {
      for (float g : outputs.gradientRow(n)) {
        assertEquals(gradient[i++], g, 2e-7, loss + ", sample " + n);
      }
    }
  }

  /** Mixed pictures of two classes have rows of two values; the network has one output. */
  @Test
  void theSecondOfTwoValuesIsABinaryTarget() {
    var logits = new float[][] {{1.5f}};
    var rows = Targets.ofValues(List.of(row(0.25f, 0.75f)));
    var value = Targets.ofValues(List.of(row(0.75f)));
    var loss = new BinaryCrossEntropy().smoothing(0.1);
    assertEquals(
        loss.apply(new Outputs(logits), value, 1), loss.apply(new Outputs(logits), rows, 1));
    var smooth = Targets.ofValues(List.of(row(0.9f * 0.75f + 0.05f)));
    assertEquals(
        new BinaryCrossEntropy().apply(new Outputs(logits), smooth, 1),
        loss.apply(new Outputs(logits), rows, 1),
        1e-7);
  }

  private static Targets randomRows(long seed, double from, double to) {
    var random = new SplittableRandom(seed);
    var targets = Targets.values(SAMPLES, CLASSES);
    for (int n = 0; n < SAMPLES; n++) {
      for (int j = 0; j < CLASSES; j++) {
        targets.setValue(n, j, (float) random.nextDouble(from, to));
      }
    }
    return targets;
  }

  private static void check(
      Loss loss, Targets targets, int width, long seed, ToDoubleFunction<double[][]> definition) {
    var random = new SplittableRandom(seed + 100);
    var logits = new float[SAMPLES + 1][width];
    var z = new double[SAMPLES][width];
    for (int n = 0; n < SAMPLES; n++) {
      for (int j = 0; j < width; j++) {
        logits[n][j] = (float) random.nextDouble(-4, 4);
        z[n][j] = logits[n][j];
      }
    }
    var outputs = new Outputs(logits);
    assertEquals(definition.applyAsDouble(z), loss.apply(outputs, targets, SAMPLES), 1e-10);
    double h = 1e-5;
    for (int n = 0; n < SAMPLES; n++) {
      for (int j = 0; j < width; j++) {
        double at = z[n][j];
        z[n][j] = at + h;
        double above = definition.applyAsDouble(z);
        z[n][j] = at - h;
        double below = definition.applyAsDouble(z);
        z[n][j] = at;
        assertEquals(
            (above - below) / (2 * h),
            outputs.gradientRow(n)[j],
            1e-7,
            "sample %d, output %d, seed %d".formatted(n, j, seed));
      }
    }
    for (float untouched : outputs.gradientRow(SAMPLES)) {
      assertTrue(Float.isNaN(untouched), "a gradient behind the batch's samples was written");
    }
  }

  private static double logSoftmax(double[] z, int class1) {
    double sum = 0;
    for (double value : z) {
      sum += Math.exp(value);
    }
    return z[class1] - Math.log(sum);
  }

  /** Logits and gradients at different places of larger arrays, as a plan's buffers are. */
  private static final class Outputs implements Loss.Outputs {
    final Buffer logits;
    final Buffer gradients;

    Outputs(float[][] rows) {
      int width = rows[0].length;
      logits = new Buffer(new float[OFFSET + rows.length * width], OFFSET, width);
      gradients = new Buffer(new float[2 * OFFSET + rows.length * width], 2 * OFFSET, width);
      java.util.Arrays.fill(gradients.array(), Float.NaN);
      for (int n = 0; n < rows.length; n++) {
        System.arraycopy(rows[n], 0, logits.array(), logits.at(n), width);
      }
    }

    @Override
    public Buffer value(String name) {
      assertEquals("output", name);
      return logits;
    }

    @Override
    public Buffer gradient(String name) {
      assertEquals("output", name);
      return gradients;
    }

    float[] gradientRow(int n) {
      return java.util.Arrays.copyOfRange(
          gradients.array(), gradients.at(n), gradients.at(n) + gradients.stride());
    }
  }
}
