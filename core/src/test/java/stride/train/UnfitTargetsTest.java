package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.graph.Graph;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.loss.OneOutput;
import stride.train.optimizer.Adam;
import stride.train.optimizer.RmsProp;

/**
 * Every loss with targets of every width, class and value: a number is given for those that fit.
 */
class UnfitTargetsTest {
  /** A loss, and the targets that it accepts. */
  private record Case(String name, Loss loss, boolean rows, boolean classes, boolean shares) {
    /** Whether it accepts rows of {@code width} targets for {@code outputs} outputs. */
    boolean takesRow(int outputs, int width) {
      boolean pair = name.startsWith("binary") && outputs == 1 && width == 2;
      return rows && (outputs == width || pair) && fitsWeights(outputs);
    }

    /** Whether it accepts a class as target for {@code outputs} outputs. */
    boolean takesClass(int outputs, int label) {
      boolean binary = name.startsWith("binary");
      return classes
          && fitsWeights(outputs)
          && (binary
              ? outputs == 1 && (label == 0 || label == 1)
              : label >= 0 && label < (name.startsWith("mean") ? Math.max(2, outputs) : outputs));
    }

    private boolean fitsWeights(int outputs) {
      return !name.endsWith("with weights") || outputs == 3;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> losses() {
    var softmax = new SoftmaxCrossEntropy();
    var binary = new BinaryCrossEntropy();
    var weights = List.of(1.0, 0.0, 2.0);
    return Stream.of(
        new Case("softmax", softmax, true, true, true),
        new Case("softmax, smoothed", softmax.smoothing(0.1), true, true, true),
        new Case("softmax with weights", softmax.weights(weights), true, true, true),
        new Case(
            "softmax with no heads", new AuxiliaryLoss(softmax, 1, List.of()), true, true, true),
        new Case("binary", binary, true, true, true),
        new Case("binary, smoothed", binary.smoothing(0.1), true, true, true),
        new Case("binary with weights", binary.weights(weights), true, true, true),
        new Case("mean squared error", new MeanSquaredError(), true, true, false));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void rowsAreAsWideAsTheOutputs(Case loss) {
    for (int outputs = 1; outputs <= 4; outputs++) {
      for (int width = 1; width <= 5; width++) {
        var row = new float[width];
        row[width - 1] = 1;
        var several = Targets.severalClasses(1, width);
        several.setValue(0, width - 1, 1);
        for (var targets :
            List.of(Targets.ofValues(List.of(new Tensor(Shape.of(width), row))), several)) {
          String what = "%s: %d outputs, %d targets".formatted(loss, outputs, width);
          check(loss.takesRow(outputs, width), what, loss.loss, outputs, targets);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void classesAreThoseOfTheOutputs(Case loss) {
    for (int outputs = 1; outputs <= 4; outputs++) {
      for (int label : new int[] {Integer.MIN_VALUE, -1, 0, 1, 2, 3, 4, 5, Integer.MAX_VALUE}) {
        String what = "%s: %d outputs, class %d".formatted(loss, outputs, label);
        check(loss.takesClass(outputs, label), what, loss.loss, outputs, Targets.ofClasses(label));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void valuesAreNumbersAndSharesWhereSharesAreAskedFor(Case loss) {
    float[] values = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0.001f, 1.001f, 0, 0.5f, 1
    };
    for (float value : values) {
      for (int place = 0; place < 3; place++) {
        var row = new float[3];
        row[place] = value;
        boolean fits = loss.shares ? value >= 0 && value <= 1 : Float.isFinite(value);
        var targets = Targets.ofValues(List.of(new Tensor(Shape.of(3), row)));
        check(fits, "%s: %s at %d".formatted(loss, value, place), loss.loss, 3, targets);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void thereAreAsManyTargetsAsSamples(Case loss) {
    var row = new Tensor(Shape.of(3), new float[] {0, 1, 0});
    var targets = Targets.ofValues(List.of(row, row));
    for (int samples : new int[] {Integer.MIN_VALUE, -1, 0, 3, Integer.MAX_VALUE}) {
      var outputs = new OneOutput(buffer(4, 3), buffer(4, 3));
      String message = refused(() -> loss.loss.apply(outputs, targets, samples));
      assertEquals(
          "the loss of %d samples was requested, there are targets for 2".formatted(samples),
          message);
    }
    var fitting = new OneOutput(buffer(4, 3), buffer(4, 3));
    assertTrue(Double.isFinite(loss.loss.apply(fitting, targets, 2)));
  }

  private static stride.compute.Buffer buffer(int samples, int width) {
    return new stride.compute.Buffer(new float[samples * width], 0, width);
  }

  private static void check(boolean fits, String what, Loss loss, int outputs, Targets targets) {
    float[] values = {1, -2, 0.5f, 3};
    var logits = new Tensor(Shape.of(outputs), java.util.Arrays.copyOf(values, outputs));
    if (fits) {
      assertTrue(Double.isFinite(loss.of(logits, targets).loss()), what);
      return;
    }
    var e = assertThrows(IllegalArgumentException.class, () -> loss.of(logits, targets), what);
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
    assertTrue(e.getMessage().matches(".*(\\d|NaN|Infinity|classes).*"), e.getMessage());
  }

  @Test
  void theSentenceHasBothNumbers() {
    var targets = Targets.values(1, 3);
    var logits = Tensor.of(Shape.of(2), 1, 2);
    assertEquals(
        "softmax cross-entropy needs one target for each output, found 2 outputs and 3"
            + " targets",
        refused(() -> new SoftmaxCrossEntropy().of(logits, targets)));
    assertEquals(
        "binary cross-entropy needs one target for each output, found 2 outputs and 3 targets",
        refused(() -> new BinaryCrossEntropy().of(logits, targets)));
    assertEquals(
        "mean squared error needs one target for each output, found 2 outputs and 3 targets",
        refused(() -> new MeanSquaredError().of(logits, targets)));
  }

  @Test
  void targetsHaveRoomForSamplesAndValues() {
    for (int width : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertTrue(refused(() -> Targets.values(3, width)).contains("was " + width));
      assertTrue(refused(() -> Targets.severalClasses(3, width)).contains("was " + width));
    }
    assertTrue(refused(() -> Targets.classes(-1)).contains("-1 samples"));
    assertTrue(refused(() -> Targets.values(-1, 2)).contains("-1 samples"));
    assertTrue(refused(() -> Targets.values(1 << 20, 1 << 20)).contains("1048576 samples"));
    assertTrue(refused(() -> Targets.ofValues(List.of())).contains("found none"));
    var rows = List.of(Tensor.of(Shape.of(2), 1, 2), Tensor.of(Shape.of(3), 1, 2, 3));
    assertEquals(
        "row 1 of the targets has 3 values, row 0 has 2", refused(() -> Targets.ofValues(rows)));
    var targets = Targets.values(2, 3);
    assertThrows(IndexOutOfBoundsException.class, () -> targets.setValue(0, 3, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> targets.value(0, -1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY})
  void settingsOfLossesAreInTheirRanges(double value) {
    var softmax = new SoftmaxCrossEntropy();
    var binary = new BinaryCrossEntropy();
    for (Executable making :
        List.<Executable>of(
            () -> softmax.smoothing(value),
            () -> binary.smoothing(value),
            () -> softmax.weights(List.of(1.0, value)),
            () -> binary.weights(List.of(value)),
            () -> new AuxiliaryLoss(softmax, value, List.of("aux")))) {
      assertTrue(refused(making).matches(".*(found|was) \\Q" + value + "\\E"));
    }
  }

  @Test
  void headsAreNamedOnceAndAreNotTheOutput() {
    for (var heads : List.of(List.of("a", "a"), List.of("a", Graph.OUTPUT))) {
      String message = refused(() -> new AuxiliaryLoss(new SoftmaxCrossEntropy(), 0.3, heads));
      assertTrue(message.endsWith("were " + heads), message);
    }
  }

  /** Settings of optimisers: which are refused. */
  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -0.1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY})
  void settingsOfOptimisersAreInTheirRanges(double value) {
    var makings = new ArrayList<Executable>();
    for (var optimizer :
        List.of(
            Optimizer.sgd(0.1),
            Optimizer.adam(0.1),
            Optimizer.adamw(0.1),
            Optimizer.rmsprop(0.1))) {
      makings.add(() -> optimizer.learningRate(value));
    }
    makings.add(() -> Optimizer.sgd(0.1).momentum(value));
    makings.add(() -> Optimizer.sgd(0.1).nesterov(value));
    makings.add(() -> Optimizer.sgd(0.1).weightDecay(value));
    makings.add(() -> Optimizer.adam(0.1).weightDecay(value));
    makings.add(() -> new Adam(0.1, value, 0.9, 1e-8, 0, false));
    makings.add(() -> new Adam(0.1, 0.9, value, 1e-8, 0, false));
    makings.add(() -> new Adam(0.1, 0.9, 0.9, value, 0, false));
    makings.add(() -> Optimizer.rmsprop(0.1).momentum(value));
    makings.add(() -> Optimizer.rmsprop(0.1).weightDecay(value));
    makings.add(() -> new RmsProp(0.1, value, 1e-8, 0, 0));
    makings.add(() -> new RmsProp(0.1, 0.9, value, 0, 0));
    makings.add(() -> Schedule.step(value, 0.5));
    makings.add(() -> Schedule.step(0.5, value));
    makings.add(() -> Schedule.plateau(value, 3));
    makings.add(() -> Schedule.multiStep(value, 0.5));
    makings.add(() -> Schedule.constant().warmUp(value));
    makings.add(() -> UpdateOptions.NONE.averaged(value));
    makings.add(() -> FineTuning.HEAD_ONLY.headRate(value));
    for (int i = 0; i < makings.size(); i++) {
      String message = refused(makings.get(i));
      assertTrue(message.endsWith("was " + value), i + ": " + message);
    }
    for (var making :
        List.<Executable>of(
            () -> Optimizer.sgd(0), () -> Optimizer.adam(0), () -> Optimizer.rmsprop(0))) {
      assertEquals("a learning rate must be above 0, was 0.0", refused(making));
    }
    for (double point : new double[] {30, 1.1, Double.NaN, Double.NEGATIVE_INFINITY}) {
      assertTrue(refused(() -> Schedule.multiStep(0.1, 0.5, point)).endsWith("was " + point));
    }
    assertTrue(refused(() -> new Adam(0.1, 1, 0.9, 1e-8, 0, false)).endsWith("was 1.0"));
    assertTrue(refused(() -> new Adam(0.1, 0.9, 1, 1e-8, 0, false)).endsWith("was 1.0"));
  }

  private static String refused(Executable making) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, making).getMessage());
  }
}
