package stride.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.box.AnchorGenerator;
import stride.box.DefaultBoxes;
import stride.box.Matcher;
import stride.compute.Buffer;
import stride.data.Box;
import stride.data.Target;
import stride.data.TargetType;
import stride.engine.Engine;
import stride.kernel.Kernels;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.train.Loss;
import stride.train.Targets;

/**
 * The losses of detectors of one stage; their values and gradients PyTorch's in the zoo's tests.
 */
final class AnchorLossTest {
  private static final int CLASSES = 5;
  private static final int SAMPLES = 3;
  private static final Shape INPUT = Shape.image(256, 192, 3);
  private static final Limits LIMITS = new Limits(0.1, 10);

  /** Anchors of two maps, of which the larger one is several tasks. */
  private static List<Shape> maps(int perPixel) {
    return List.of(
        Shape.image(32, 24, CLASSES * perPixel), Shape.image(16, 12, CLASSES * perPixel));
  }

  private static final AnchorGenerator ANCHORS =
      new AnchorGenerator(
          List.of(List.of(16f, 24f), List.of(48f, 64f)),
          List.of(List.of(0.5f, 1f, 2f), List.of(0.5f, 1f, 2f)));
  private static final AnchorGenerator PLACES =
      new AnchorGenerator(List.of(List.of(8f), List.of(16f)), List.of(List.of(1f), List.of(1f)));
  private static final DefaultBoxes DEFAULTS =
      DefaultBoxes.growing(List.of(List.of(2f, 3f), List.of(2f, 3f)), 0.2, 0.9);

  private static final RetinaNetLoss RETINANET =
      new RetinaNetLoss(
          new RetinaNetMethod(new Resizing(800, 1333), ANCHORS, 0.5, 100, LIMITS),
          INPUT,
          maps(6),
          CLASSES);

  static Stream<AnchorLoss> losses() {
    return Stream.of(
        RETINANET,
        new FcosLoss(
            new FcosMethod(new Resizing(800, 1333), PLACES, 0.5, 100, LIMITS),
            INPUT,
            maps(1),
            CLASSES),
        new SsdLoss(new SsdMethod(DEFAULTS, 0.5, 100, LIMITS, 0), INPUT, maps(6), CLASSES));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void theSameBitsForAnyNumberOfThreadsAndInEveryStep(AnchorLoss loss) {
    var expected = new Made(loss);
    double value = loss.apply(expected, targets(), SAMPLES);
    for (int threads = 1; threads <= 3; threads++) {
      try (var engine = Engine.withThreads(threads)) {
        var steps = new AnchorLossSteps(loss, engine::forEach, Kernels.best());
        for (int step = 0; step < 2; step++) {
          var own = new Made(loss);
          assertEquals(value, steps.apply(own, targets(), SAMPLES), threads + " threads");
          own.gradients.forEach(
              (name, buffer) ->
                  assertArrayEquals(expected.gradients.get(name).array(), buffer.array(), name));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void theGradientIsHowTheLossChanges(AnchorLoss loss) {
    var outputs = new Made(loss);
    loss.apply(outputs, targets(), SAMPLES);
    var unused = new Made(loss);
    var steps = new AnchorLossSteps(loss, Threads.ONE, Kernels.best());
    outputs.values.forEach(
        (name, buffer) -> {
          float[] gradient = outputs.gradients.get(name).array();
          var changed = new Made(loss);
          float[] values = changed.values.get(name).array();
          // The largest slopes, and some others.
          var order = new ArrayList<Integer>();
          for (int i = 0; i < gradient.length; i++) {
            order.add(i);
          }
          order.sort((a, b) -> Float.compare(Math.abs(gradient[b]), Math.abs(gradient[a])));
          double largest = Math.abs(gradient[order.getFirst()]);
          for (int k = 0; k < 12; k++) {
            int i = order.get(k < 8 ? k : (int) ((long) k * 7919 % gradient.length));
            float before = values[i];
            float step = 1 / 1024f;
            values[i] = before + step;
            double up = steps.apply(changed.with(unused), targets(), SAMPLES);
            values[i] = before - step;
            double down = steps.apply(changed.with(unused), targets(), SAMPLES);
            double width = (before + step) - (double) (before - step);
            values[i] = before;
            assertEquals(
                (up - down) / width, gradient[i], 5e-3 * largest, "%s %d".formatted(name, i));
          }
        });
  }

  /** Lin et al. 2017: FL(p) = -a (1 - p)^2 log p, in double. */
  @Test
  void focalLossIsThatOfTheDefinitionOnLongRowsToo() {
    var outputs = new Made(RETINANET);
    double value = RETINANET.apply(outputs, targets(), SAMPLES);
    float[] anchors = RETINANET.anchors();
    double sum = 0;
    double largest = 0;
    var slopes = new HashMap<String, double[]>();
    for (int n = 0; n < SAMPLES; n++) {
      var truth = TrueObjects.of(targets(), n);
      int[] matches = new Matcher(0.4f, 0.5f, Matcher.Rescue.BEST).match(truth.corners(), anchors);
      double count = Math.max(1, Arrays.stream(matches).filter(m -> m >= 0).count());
      int anchor = 0;
      for (int level = 0; level < 2; level++) {
        var logits = outputs.value("classes" + level);
        double[] slope =
            slopes.computeIfAbsent("classes" + level, _ -> new double[logits.array().length]);
        for (int i = 0; i < logits.stride() / CLASSES; i++, anchor++) {
          for (int c = 0; c < CLASSES && matches[anchor] != Matcher.IGNORED; c++) {
            int at = logits.at(n) + i * CLASSES + c;
            boolean there = matches[anchor] >= 0 && truth.labels()[matches[anchor]] == c;
            double z = logits.array()[at];
            double p = 1 / (1 + Math.exp(there ? -z : z));
            double alpha = there ? 0.25 : 0.75;
            double own = -alpha * Math.pow(1 - p, 2) * Math.log(p) / count / SAMPLES;
            sum += own;
            double byP =
                alpha * (2 * (1 - p) * Math.log(p) - Math.pow(1 - p, 2) / p) / count / SAMPLES;
            slope[at] = byP * p * (1 - p) * (there ? 1 : -1);
            largest = Math.max(largest, Math.abs(slope[at]));
          }
        }
      }
    }
    for (int level = 0; level < 2; level++) {
      float[] gradient = outputs.gradient("classes" + level).array();
      double[] expected = slopes.get("classes" + level);
      for (int i = 0; i < gradient.length; i++) {
        assertEquals(expected[i], gradient[i], 1e-6 * largest + 1e-5 * Math.abs(expected[i]));
      }
    }
    assertEquals(sum + distance(outputs, anchors), value, 1e-6 * value);
  }

  /** The L1 distances of the boxes from what they should be (Girshick et al. 2014, appendix C). */
  private static double distance(Made outputs, float[] anchors) {
    double sum = 0;
    for (int n = 0; n < SAMPLES; n++) {
      var truth = TrueObjects.of(targets(), n);
      int[] matches = new Matcher(0.4f, 0.5f, Matcher.Rescue.BEST).match(truth.corners(), anchors);
      double count = Math.max(1, Arrays.stream(matches).filter(m -> m >= 0).count());
      int anchor = 0;
      for (int level = 0; level < 2; level++) {
        var codes = outputs.value("boxes" + level);
        for (int i = 0; i < codes.stride() / 4; i++, anchor++) {
          if (matches[anchor] < 0) {
            continue;
          }
          double[] a = center(anchors, 4 * anchor);
          double[] b = center(truth.corners(), 4 * matches[anchor]);
          double[] code = {
            (b[0] - a[0]) / a[2], (b[1] - a[1]) / a[3], Math.log(b[2] / a[2]), Math.log(b[3] / a[3])
          };
          for (int k = 0; k < 4; k++) {
            sum += Math.abs(codes.array()[codes.at(n) + 4 * i + k] - code[k]) / count / SAMPLES;
          }
        }
      }
    }
    return sum;
  }

  private static double[] center(float[] boxes, int at) {
    double width = (double) boxes[at + 2] - boxes[at];
    double height = (double) boxes[at + 3] - boxes[at + 1];
    return new double[] {boxes[at] + width / 2, boxes[at + 1] + height / 2, width, height};
  }

  private static Targets targets() {
    var targets = Targets.of(new TargetType.Boxes(8), SAMPLES);
    targets.set(
        0, new Target.Boxes(List.of(new Box(1, 20, 30, 70, 90), new Box(3, 100, 100, 180, 220))));
    targets.set(1, new Target.Boxes(List.of()));
    targets.set(
        2, new Target.Boxes(List.of(new Box(0, 5, 5, 60, 25), new Box(2, 64, 96, 88, 120))));
    return targets;
  }

  /** Random outputs, and gradients that are no numbers before. */
  private record Made(Map<String, Buffer> values, Map<String, Buffer> gradients)
      implements Loss.Outputs {
    Made(AnchorLoss loss) {
      this(new HashMap<>(), new HashMap<>());
      for (var name : loss.outputs()) {
        int level = name.charAt(name.length() - 1) - '0';
        int anchors = loss.maps().get(level).elements() / CLASSES;
        int stride =
            anchors * (name.startsWith("classes") ? CLASSES : name.startsWith("boxes") ? 4 : 1);
        var array = new float[SAMPLES * stride];
        for (int i = 0; i < array.length; i++) {
          float u = CounterRandom.uniform(CounterRandom.bits(name.hashCode(), i));
          // Distances from a place to the edges of its box are positive.
          array[i] = name.startsWith("boxes") ? 0.2f + u : i % 97 == 0 ? 60 * u - 30 : 4 * u - 3;
        }
        var gradient = new float[array.length];
        Arrays.fill(gradient, Float.NaN);
        values.put(name, new Buffer(array, 0, stride));
        gradients.put(name, new Buffer(gradient, 0, stride));
      }
    }

    Made with(Made other) {
      return new Made(values, other.gradients);
    }

    @Override
    public Buffer value(String name) {
      return values.get(name);
    }

    @Override
    public Buffer gradient(String name) {
      return gradients.get(name);
    }
  }
}
