package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.compute.Buffer;
import stride.data.Target;
import stride.data.TargetType;
import stride.graph.Graph;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.loss.OneOutput;

/** Losses of pixels, of embeddings and of several outputs, against their definitions in double. */
final class OtherLossesTest {
  private static final int SAMPLES = 3;
  private static final int PIXELS = 6;
  private static final int CLASSES = 4;

  /** Outputs in memory. */
  private record Values(Map<String, Buffer> values, Map<String, Buffer> gradients)
      implements Loss.Outputs {
    Values() {
      this(new HashMap<>(), new HashMap<>());
    }

    Values with(String name, int width, long seed) {
      var random = new SplittableRandom(seed);
      var data = new float[SAMPLES * width];
      for (int i = 0; i < data.length; i++) {
        data[i] = (float) random.nextDouble(-2, 2);
      }
      values.put(name, new Buffer(data, 0, width));
      gradients.put(name, new Buffer(new float[data.length], 0, width));
      return this;
    }

    @Override
    public Buffer value(String name) {
      return java.util.Objects.requireNonNull(values.get(name));
    }

    @Override
    public Buffer gradient(String name) {
      return java.util.Objects.requireNonNull(gradients.get(name));
    }
  }

  private static Targets maps(int classes) {
    var targets = Targets.of(new TargetType.ClassMap(2, 3), SAMPLES);
    var random = new SplittableRandom(9);
    for (int n = 0; n < SAMPLES; n++) {
      var rows = new int[2][3];
      for (int[] row : rows) {
        Arrays.setAll(row, _ -> random.nextInt(-1, classes));
      }
      targets.set(n, Target.classMap(rows));
    }
    return targets;
  }

  @Test
  void theLossOfPixelsIsTheMeanOfTheLossesOfEach() {
    var outputs = new Values().with(Graph.OUTPUT, PIXELS * CLASSES, 1);
    var targets = maps(CLASSES);
    double loss = new SoftmaxCrossEntropy().apply(outputs, targets, SAMPLES);
    double total = 0;
    int count = 0;
    float[] z = outputs.value(Graph.OUTPUT).array();
    for (int n = 0; n < SAMPLES; n++) {
      for (int p = 0; p < PIXELS; p++) {
        int label = targets.label(n, p);
        if (label >= 0) {
          double sum = 0;
          for (int j = 0; j < CLASSES; j++) {
            sum += Math.exp(z[(n * PIXELS + p) * CLASSES + j]);
          }
          total += Math.log(sum) - z[(n * PIXELS + p) * CLASSES + label];
          count++;
        }
      }
    }
    assertTrue(count > 8 && count < SAMPLES * PIXELS, count + " pixels have a class");
    assertEquals(total / count, loss, 1e-9);
  }

  @Test
  void oneOutputForEachPixelTellsTwoClassesApart() {
    var outputs = new Values().with(Graph.OUTPUT, PIXELS, 2);
    var targets = maps(2);
    double loss = new BinaryCrossEntropy().apply(outputs, targets, SAMPLES);
    double total = 0;
    int count = 0;
    for (int n = 0; n < SAMPLES; n++) {
      for (int p = 0; p < PIXELS; p++) {
        int label = targets.label(n, p);
        if (label >= 0) {
          double z = outputs.value(Graph.OUTPUT).array()[n * PIXELS + p];
          total += Math.log(1 + Math.exp(label == 1 ? -z : z));
          count++;
        }
      }
    }
    assertEquals(total / count, loss, 1e-9);
  }

  private record Case(String name, Loss loss, Values outputs, Targets targets) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    var several = Targets.of(List.of(named(0, 0.5f), named(2, -1f), named(1, 0.25f)));
    return List.of(
        new Case(
            "softmax of pixels",
            new SoftmaxCrossEntropy(0.1, List.of(1.0, 2.0, 0.5, 1.0)),
            new Values().with(Graph.OUTPUT, PIXELS * CLASSES, 3),
            maps(CLASSES)),
        new Case(
            "binary of pixels",
            new BinaryCrossEntropy(),
            new Values().with(Graph.OUTPUT, PIXELS, 4),
            maps(2)),
        new Case(
            "triplets",
            new TripletLoss(0.7),
            new Values().with(Graph.OUTPUT, 5, 5),
            Targets.ofClasses(0, 1, 0)),
        new Case(
            "a sum",
            Loss.sum(new SoftmaxCrossEntropy().on("a").times(0.3), new MeanSquaredError().on("b")),
            new Values().with("a", 3, 6).with("b", 1, 7),
            several),
        new Case(
            "squares of classes",
            new MeanSquaredError(),
            new Values().with(Graph.OUTPUT, 3, 8),
            Targets.ofClasses(2, 0, 1)));
  }

  private static Target named(int label, float value) {
    var parts = new java.util.LinkedHashMap<String, Target>();
    parts.put("a", Target.ofClass(label));
    parts.put("b", Target.values(value));
    return Target.several(parts);
  }

  /** Central differences of the loss itself. */
  @ParameterizedTest
  @MethodSource("cases")
  void theGradientIsHowTheLossChanges(Case one) {
    one.loss.apply(one.outputs, one.targets, SAMPLES);
    for (String name : one.loss.outputs()) {
      float[] values = one.outputs.value(name).array();
      float[] gradient = one.outputs.gradient(name).array().clone();
      for (int i = 0; i < values.length; i++) {
        float before = values[i];
        float step = 1 / 256f;
        values[i] = before + step;
        double up = one.loss.apply(one.outputs, one.targets, SAMPLES);
        values[i] = before - step;
        double down = one.loss.apply(one.outputs, one.targets, SAMPLES);
        double width = (before + step) - (double) (before - step);
        values[i] = before;
        assertEquals((up - down) / width, gradient[i], 2e-4, name + " " + i);
      }
    }
  }

  @Test
  void aSingleClassHasNoTriplets() {
    var outputs = new Values().with(Graph.OUTPUT, 2, 1);
    assertEquals(0, new TripletLoss(1).apply(outputs, Targets.ofClasses(4, 4, 4), SAMPLES));
    assertThrows(IllegalArgumentException.class, () -> new TripletLoss(0));
  }

  @Test
  void lossesSayWhatTheyRead() {
    assertEquals(Set.of(Graph.OUTPUT), new SoftmaxCrossEntropy().outputs());
    assertEquals(
        Set.of("a", "b"),
        Loss.sum(new MeanSquaredError().on("a"), new MeanSquaredError().on("b")).outputs());
    assertEquals(
        Set.of(Graph.OUTPUT, "aux"),
        new AuxiliaryLoss(new SoftmaxCrossEntropy(), 0.3, List.of("aux")).outputs());
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AuxiliaryLoss(new SoftmaxCrossEntropy(), 1, List.of("x")).on("y"));
    assertTrue(e.getMessage().contains("cannot be applied to y alone"), e.getMessage());
  }

  @Test
  void intersectionOverUnionIsThatOfItsDefinition() {
    var targets = Targets.of(new TargetType.ClassMap(1, 4), 1);
    targets.set(0, Target.classMap(new int[] {0, 0, 1, -1}));
    // Told: 0, 1, 1, 1.
    var z = new Buffer(new float[] {1, 0, 0, 1, 0, 1, 0, 1}, 0, 8);
    var measurement =
        new Measurement(List.of(Metric.pixelAccuracy(), Metric.meanIntersectionOverUnion(3)));
    measurement.add(new OneOutput(new Buffer(three(z.array()), 0, 12), z), targets, 1);
    assertEquals(2 / 3.0, measurement.value("accuracy"), 1e-12);
    assertEquals((1 / 2.0 + 1 / 2.0) / 2, measurement.value("mean_iou"), 1e-12, "2 of 3 classes");
    assertTrue(Double.isNaN(measurement.value("top5")));
    measurement.clear();
    assertEquals(Map.of("accuracy", 0.0, "mean_iou", 0.0), measurement.values());
  }

  /** A third class that is never predicted. */
  private static float[] three(float[] two) {
    var three = new float[two.length / 2 * 3];
    for (int p = 0; p < two.length / 2; p++) {
      three[3 * p] = two[2 * p];
      three[3 * p + 1] = two[2 * p + 1];
      three[3 * p + 2] = -1;
    }
    return three;
  }

  @Test
  void targetsGiveBackWhatWasSet() {
    var parts = new java.util.LinkedHashMap<String, Target>();
    parts.put("labels", Target.ofClasses(3, Set.of(0, 2)));
    parts.put("image", Target.image(Tensor.of(Shape.image(1, 2, 1), 0.5f, 1)));
    parts.put("boxes", Target.boxes(List.of(new stride.data.Box(4, 1, 2, 3, 4))));
    var targets = Targets.of(List.of(Target.several(parts), Target.several(parts)));
    assertTrue(targets.part("labels").several());
    assertEquals(1, targets.part("labels").value(1, 2));
    assertEquals(0, targets.part("labels").value(1, 1));
    assertEquals(0.5f, targets.part("image").value(1, 0));
    assertEquals(List.of(new stride.data.Box(4, 1, 2, 3, 4)), targets.part("boxes").boxes(1));
    assertThrows(IllegalArgumentException.class, () -> targets.part("label"));
    assertThrows(IllegalArgumentException.class, () -> targets.label(0));
    assertThrows(IndexOutOfBoundsException.class, () -> targets.part("labels").value(2, 0));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> targets.part("labels").set(0, Target.ofClass(1)));
    assertEquals(
        "the targets of this data set are any of 3 classes, found a class", e.getMessage());
  }
}
