package stride.box;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.box.Matcher.Rescue;
import stride.tensor.Shape;

/** What tools/golden/detection.py had torchvision compute of the same boxes. */
final class TorchvisionTest {
  private static final Map<String, float[]> GOLDEN = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    var file =
        Objects.requireNonNull(TorchvisionTest.class.getResourceAsStream("torchvision.txt.gz"));
    try (var lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(file), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ");
        var values = new float[words.length - 1];
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.parseFloat(words[i + 1]);
        }
        GOLDEN.put(words[0], values);
      }
    }
  }

  private static float[] golden(String name) {
    return Objects.requireNonNull(GOLDEN.get(name), name);
  }

  private static void requireSame(String name, float[] found, double relative) {
    float[] expected = golden(name);
    assertEquals(expected.length, found.length, name);
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, found, (float) (relative * largest), name);
  }

  private static void requireSame(String name, int[] found) {
    float[] expected = golden(name);
    var whole = new int[expected.length];
    Arrays.setAll(whole, i -> (int) expected[i]);
    assertArrayEquals(whole, found, name);
  }

  private static float[] first() {
    return Drawn.with(
        Drawn.boxes(1, 8, 100), 10, 10, 20, 20, 10, 10, 20, 20, 20, 10, 30, 20, 12, 12, 15, 18);
  }

  private static float[] second() {
    return Drawn.with(Drawn.boxes(2, 6, 100), 10, 10, 20, 20, 20, 20, 30, 30, 15, 0, 15, 40);
  }

  @FunctionalInterface
  private interface Overlap {
    float of(float[] first, int a, float[] second, int b);
  }

  private static float[] table(Overlap overlap) {
    float[] a = first();
    float[] b = second();
    var table = new float[a.length / 4 * (b.length / 4)];
    for (int i = 0; i < table.length; i++) {
      table[i] = overlap.of(a, i / (b.length / 4) * 4, b, i % (b.length / 4) * 4);
    }
    return table;
  }

  @Test
  void overlaps() {
    requireSame("iou", table(Boxes::iou), 1e-7);
    requireSame("giou", table(Boxes::giou), 2e-7);
    requireSame("ciou", table(Boxes::ciou), 3e-7);
  }

  @Test
  void boxesAreCutAndSmallOnesFound() {
    float[] boxes = first();
    Boxes.clip(boxes, 0, boxes.length / 4, 60, 80);
    requireSame("clipped", boxes, 0);
    float[] others = Drawn.boxes(3, 40, 100);
    Boxes.clip(others, 0, 40, 60, 80);
    requireSame(
        "large",
        java.util.stream.IntStream.range(0, 40)
            .filter(i -> Boxes.hasSides(others, 4 * i, 12.5f))
            .toArray());
  }

  @ParameterizedTest
  @CsvSource({"unit, 1, 1", "ten, 10, 5"})
  void codesOfBoxes(String name, float shift, float side) {
    var coder = new BoxCoder(shift, shift, side, side);
    float[] objects = Drawn.boxes(4, 9, 200);
    float[] anchors = Drawn.boxes(5, 9, 200);
    float[] codes = Drawn.numbers(6, 36, -3, 3);
    float[] wide = codes.clone();
    for (int i = 0; i < wide.length; i++) {
      wide[i] *= 3;
    }
    var found = new float[36];
    for (int i = 0; i < 36; i += 4) {
      coder.encode(objects, i, anchors, i, found, i);
    }
    requireSame("encode." + name, found, 2e-7);
    for (int i = 0; i < 36; i += 4) {
      coder.decode(codes, i, anchors, i, found, i);
    }
    requireSame("decode." + name, found, 2e-7);
    for (int i = 0; i < 36; i += 4) {
      coder.decode(wide, i, anchors, i, found, i);
    }
    requireSame("decode.wide." + name, found, 2e-7);
  }

  @ParameterizedTest
  @CsvSource({"size, true", "pixels, false"})
  void linearCodesOfBoxes(String name, boolean bySize) {
    var coder = new LinearBoxCoder(bySize);
    float[] objects = Drawn.boxes(4, 9, 200);
    float[] anchors = Drawn.boxes(5, 9, 200);
    float[] codes = Drawn.numbers(6, 36, -3, 3);
    var found = new float[36];
    for (int i = 0; i < 36; i += 4) {
      coder.encode(objects, i, anchors, i, found, i);
    }
    requireSame("linear.encode." + name, found, 2e-7);
    for (int i = 0; i < 36; i += 4) {
      coder.decode(codes, i, anchors, i, found, i);
    }
    requireSame("linear.decode." + name, found, 2e-7);
  }

  private static Shape map(int height, int width) {
    return Shape.image(height, width, 1);
  }

  @Test
  void anchors() {
    var retina =
        new AnchorGenerator(
            List.of(List.of(32f, 40f, 50f), List.of(128f, 161f, 203f)),
            Collections.nCopies(2, List.of(0.5f, 1f, 2f)));
    requireSame("anchors.retinanet", retina.anchors(List.of(map(3, 2), map(2, 1)), 100, 75), 0);
    var odd = new AnchorGenerator(List.of(List.of(7f, 15f)), List.of(List.of(0.3f, 1.7f)));
    requireSame("anchors.odd", odd.anchors(List.of(map(2, 3)), 64, 96), 0);
  }

  @Test
  void defaultBoxes() {
    var two = List.of(2f);
    var both = List.of(2f, 3f);
    var ssd300 =
        new DefaultBoxes(
            List.of(two, both, both, both, two, two),
            List.of(0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
            List.of(8, 16, 32, 64, 100, 300),
            true);
    float[] found =
        ssd300.boxes(
            List.of(map(38, 38), map(19, 19), map(10, 10), map(5, 5), map(3, 3), map(1, 1)),
            300,
            300);
    assertEquals(golden("default.count")[0] * 4, found.length);
    requireSame("default.ssd300", every(211, found), 1e-7);
    var lite = DefaultBoxes.growing(Collections.nCopies(6, both), 0.2, 0.95);
    requireSame(
        "default.lite",
        every(
            83,
            lite.boxes(
                List.of(map(20, 20), map(10, 10), map(5, 5), map(3, 3), map(2, 2), map(1, 1)),
                320,
                320)),
        1e-7);
    var one = new DefaultBoxes(List.of(two), List.of(0.4, 1.4), List.of(), false);
    requireSame("default.one", one.boxes(List.of(map(2, 1)), 40, 60), 1e-7);
  }

  private static float[] every(int step, float[] boxes) {
    var some = new float[(boxes.length / 4 + step - 1) / step * 4];
    for (int i = 0; i < some.length; i++) {
      some[i] = boxes[i / 4 * step * 4 + i % 4];
    }
    return some;
  }

  @ParameterizedTest
  @CsvSource({"300, 5", "1000, 80", "1200, 3"})
  void suppression(int count, int classes) {
    float[] boxes = Drawn.boxes(count, count, 640);
    Boxes.clip(boxes, 0, count, 640, 640);
    var scores = new float[count];
    int[] fiftieths = Drawn.below(count + 1, count, 50);
    for (int i = 0; i < count; i++) {
      scores[i] = fiftieths[i] / 50f;
    }
    int[] labels = Drawn.below(count + 2, count, classes);
    for (String threshold : List.of("0.45", "0.7")) {
      var suppression = new Suppression(Double.parseDouble(threshold));
      String name = count + "." + threshold;
      requireSame("suppressed." + name, suppression.byClass(boxes, scores, labels));
      requireSame("suppressed.plain." + name, suppression.of(boxes, scores));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"drawn", "whole"})
  void matching(String name) {
    float[] objects = Drawn.boxes(7, 6, 100);
    float[] anchors = Drawn.boxes(8, 60, 100);
    if (name.equals("whole")) {
      objects = Drawn.boxes(9, 9, 12);
      anchors = Drawn.boxes(10, 90, 12);
      for (int i = 0; i < objects.length; i++) {
        objects[i] = (float) Math.rint(objects[i]);
      }
      for (int i = 0; i < anchors.length; i++) {
        anchors[i] = (float) Math.rint(anchors[i]) + (i % 4 < 2 ? 0 : 1);
      }
    }
    requireSame("match.rpn." + name, new Matcher(0.3f, 0.7f, Rescue.BEST).match(objects, anchors));
    requireSame(
        "match.retinanet." + name, new Matcher(0.4f, 0.5f, Rescue.BEST).match(objects, anchors));
    requireSame("match.roi." + name, new Matcher(0.5f, 0.5f, Rescue.NONE).match(objects, anchors));
    requireSame("match.ssd." + name, Matcher.ssd(0.5f).match(objects, anchors));
  }

  @Test
  void aSamplerTakesAllIfAllAreWanted() {
    int[] labels = Drawn.below(11, 40, 3);
    Arrays.setAll(labels, i -> labels[i] - 1);
    var chosen = new BalancedSampler(200, 0.25).choose(labels, 5);
    requireSame("sampled.positive", chosen.positives());
    requireSame("sampled.negative", chosen.negatives());
  }

  @Test
  void hardNegatives() {
    int[] quarters = Drawn.below(12, 60, 20);
    int[] labels = Drawn.below(13, 60, 9);
    var losses = new float[60];
    for (int i = 0; i < 60; i++) {
      losses[i] = quarters[i] / 4f;
      labels[i] = Math.max(0, labels[i] - 6);
    }
    int[] chosen = new HardNegatives(3).choose(losses, labels);
    Arrays.sort(chosen);
    requireSame("hard", chosen);
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "2, false", "2, true"})
  void regionsOfMaps(int samples, boolean aligned) {
    float[] regions =
        Drawn.with(
            Drawn.boxes(14, 3, 40),
            new float[] {-20, -20, 10, 10, 30, 30, 90, 70, 5, 5, 5.2f, 5.3f, 60, 60, 90, 90});
    float[] values = Drawn.numbers(15, 2 * 7 * 9 * 3, -1, 1);
    var align = new RoiAlign(3, 2, samples, aligned);
    int count = regions.length / 4;
    int size = 3 * 2 * 3;
    var bins = new float[count * size];
    float[] binGradient = Drawn.numbers(16, bins.length, -1, 1);
    var gradient = new float[values.length];
    for (int i = 0; i < count; i++) {
      int at = i % 2 * 7 * 9 * 3;
      align.forward(
          new RoiAlign.FeatureMap(values, at, 7, 9, 3, 0.25f), regions, 4 * i, bins, i * size);
      var map = new RoiAlign.FeatureMap(gradient, at, 7, 9, 3, 0.25f);
      align.gradient(map, 0, 1, regions, 4 * i, binGradient, i * size);
      align.gradient(map, 1, 2, regions, 4 * i, binGradient, i * size);
    }
    String name = samples + "." + (aligned ? "aligned" : "legacy");
    requireSame("roi." + name, bins, 1e-6);
    requireSame("roi.gradient." + name, gradient, 1e-6);
  }

  @Test
  void levelsOfRegions() {
    float[] sides = {
      1, 10, 55, 56, 57, 111.9f, 112, 113, 223, 224, 225, 447.9f, 448, 449, 895, 896, 2000
    };
    var squares = new float[4 * sides.length];
    for (int i = 0; i < sides.length; i++) {
      squares[4 * i + 2] = sides[i];
      squares[4 * i + 3] = sides[i];
    }
    requireSame(
        "levels.4",
        levels(new PyramidLevels(2, 5), Drawn.with(squares, Drawn.boxes(17, 20, 1500))));
    requireSame("levels.2", levels(new PyramidLevels(4, 5, 160, 3), squares));
    int[][] sizes = {
      {200, 800}, {100, 800}, {50, 800}, {25, 800}, {13, 800}, {334, 1333}, {10, 320}, {20, 333}
    };
    var scales = new float[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      scales[i] = PyramidLevels.scale(sizes[i][0], sizes[i][1]);
    }
    requireSame("scales", scales, 0);
  }

  private static int[] levels(PyramidLevels levels, float[] boxes) {
    var found = new int[boxes.length / 4];
    Arrays.setAll(found, i -> levels.map(boxes, 4 * i));
    return found;
  }

  @FunctionalInterface
  private interface Part {
    double add(float[] gradient, double weight);
  }

  /** A loss of torchvision's and its gradient; with a weight all is that much larger, and added. */
  private static void requireLoss(String name, int count, Part part) {
    var found = new float[count + 1];
    var gradient = new float[count];
    found[0] = (float) part.add(gradient, 1);
    System.arraycopy(gradient, 0, found, 1, count);
    requireSame("loss." + name, found, 3e-7);
    double half = part.add(gradient, 0.5);
    assertEquals(found[0] / 2, half, 1e-6 * Math.abs(found[0]), name);
    for (int i = 0; i < count; i++) {
      assertEquals(1.5f * found[i + 1], gradient[i], 1e-5, name);
    }
  }

  @Test
  void partsOfLosses() {
    float[] predicted = Drawn.numbers(18, 30, -2, 2);
    float[] targets = Drawn.numbers(19, 30, -2, 2);
    for (double beta : new double[] {0, 1 / 9.0, 1}) {
      requireLoss(
          "smooth.%.2f".formatted(beta),
          30,
          (gradient, weight) ->
              new SmoothL1(beta).add(predicted, 0, targets, 0, 30, weight, gradient, 0));
    }
    float[] logits = Drawn.numbers(20, 24, -6, 6);
    int[] there = {2, -1, 0, 5};
    for (var focal : List.of(new FocalLoss(), new FocalLoss(-1, 1.5), new FocalLoss(0.6, 0))) {
      requireLoss(
          "focal.%s.%s".formatted(plain(focal.alpha()), plain(focal.gamma())),
          24,
          (gradient, weight) ->
              rows(row -> focal.add(logits, 6 * row, 6, there[row], weight, gradient, 6 * row)));
    }
    int[] labels = {2, 1, 0, 5};
    requireLoss(
        "softmax",
        24,
        (gradient, weight) ->
            rows(
                row ->
                    CrossEntropy.softmax(
                        logits, 6 * row, 6, labels[row], weight, gradient, 6 * row)));
    float[] shares = Drawn.numbers(21, 24, 0, 1);
    requireLoss(
        "sigmoid",
        24,
        (gradient, weight) -> {
          double sum = 0;
          for (int i = 0; i < 24; i++) {
            sum += CrossEntropy.sigmoid(logits, i, shares[i], weight, gradient, i);
          }
          return sum;
        });
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : Double.toString(value);
  }

  private static double rows(java.util.function.IntToDoubleFunction row) {
    return row.applyAsDouble(0)
        + row.applyAsDouble(1)
        + row.applyAsDouble(2)
        + row.applyAsDouble(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"giou", "diou", "ciou"})
  void lossesOfBoxes(String name) {
    float[] predicted = Arrays.copyOf(first(), 36);
    float[] targets =
        Drawn.with(Drawn.boxes(2, 6, 100), 10, 10, 20, 20, 20, 20, 30, 30, 10, 12, 24, 19);
    var loss = BoxLoss.valueOf(name.toUpperCase(java.util.Locale.ROOT));
    requireLoss(
        name,
        36,
        (gradient, weight) -> {
          double sum = 0;
          for (int i = 0; i < 36; i += 4) {
            sum += loss.add(predicted, i, targets, i, weight, gradient, i);
          }
          return sum;
        });
  }

  @Test
  void allOfTheGoldenIsRead() {
    assertTrue(GOLDEN.size() >= 52, GOLDEN.size() + " lines");
    assertTrue(new ArrayList<>(GOLDEN.keySet()).contains("loss.ciou"));
  }
}
