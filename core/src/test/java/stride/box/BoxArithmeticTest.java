package stride.box;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Boxes against definitions that share nothing with the code: counted pixels, sums in double,
 * differences.
 */
final class BoxArithmeticTest {
  private static final double STEP = 1e-3;

  /** Boxes with whole edges, so that areas are counts of pixels. */
  private static float[] whole(SplittableRandom random, int count) {
    var boxes = new float[4 * count];
    for (int i = 0; i < boxes.length; i += 4) {
      boxes[i] = random.nextInt(12);
      boxes[i + 1] = random.nextInt(12);
      boxes[i + 2] = boxes[i] + 1 + random.nextInt(8);
      boxes[i + 3] = boxes[i + 1] + 1 + random.nextInt(8);
    }
    return boxes;
  }

  private static boolean covers(float[] boxes, int at, int x, int y) {
    return x >= boxes[at] && x < boxes[at + 2] && y >= boxes[at + 1] && y < boxes[at + 3];
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void overlapsAreCountsOfPixels(long seed) {
    float[] boxes = whole(new SplittableRandom(seed), 20);
    for (int a = 0; a < boxes.length; a += 4) {
      for (int b = 0; b < boxes.length; b += 4) {
        int both = 0;
        int either = 0;
        int[] edges = {99, 99, 0, 0};
        for (int y = 0; y < 24; y++) {
          for (int x = 0; x < 24; x++) {
            boolean inA = covers(boxes, a, x, y);
            boolean inB = covers(boxes, b, x, y);
            both += inA && inB ? 1 : 0;
            either += inA || inB ? 1 : 0;
            if (inA || inB) {
              edges[0] = Math.min(edges[0], x);
              edges[1] = Math.min(edges[1], y);
              edges[2] = Math.max(edges[2], x + 1);
              edges[3] = Math.max(edges[3], y + 1);
            }
          }
        }
        double around = (edges[2] - edges[0]) * (edges[3] - edges[1]);
        double iou = (double) both / either;
        assertEquals(iou, Boxes.iou(boxes, a, boxes, b), 1e-6);
        assertEquals(iou - (around - either) / around, Boxes.giou(boxes, a, boxes, b), 1e-6);
      }
    }
  }

  /** Removes, as long as there are any, all that the surest one left overlaps. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "3, 40", "4, 400", "5, 1500"})
  void suppressionLeavesWhatTheSurestDoNotOverlap(long seed, int count) {
    var random = new SplittableRandom(seed);
    float[] boxes = whole(random, count);
    var scores = new float[count];
    var labels = new int[count];
    for (int i = 0; i < count; i++) {
      scores[i] = random.nextInt(-5, 30) / 10f;
      labels[i] = random.nextInt(4);
    }
    var left =
        new ArrayList<>(
            IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -scores[i]))
                .toList());
    var expected = new ArrayList<Integer>();
    while (!left.isEmpty()) {
      int best = left.removeFirst();
      expected.add(best);
      left.removeIf(
          other ->
              labels[other] == labels[best] && Boxes.iou(boxes, 4 * best, boxes, 4 * other) > 0.3);
    }
    int[] found = new Suppression(0.3).byClass(boxes, scores, labels);
    assertEquals(expected, Arrays.stream(found).boxed().toList(), "seed " + seed);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 5", "2, 7, 3", "3, 1000, 10", "4, 5000, 4000", "5, 3000, 3000", "6, 9, 0"})
  void theBestAreThoseOfASort(long seed, int count, int most) {
    var random = new SplittableRandom(seed);
    var scores = new float[count + 2];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextInt(-40, 40) / 8f * (random.nextBoolean() ? 1 : -1);
    }
    int[] expected =
        IntStream.range(1, count + 1)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> -(scores[i] + 0f)))
            .mapToInt(i -> i)
            .limit(most)
            .toArray();
    assertArrayEquals(expected, Ranking.best(scores, 1, count + 1, most), "seed " + seed);
    int[] above = Arrays.stream(expected).filter(i -> scores[i] > 1).toArray();
    assertArrayEquals(above, Ranking.best(scores, 1, count + 1, most, 1), "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aSampleHasItsShareAndOtherKeysGiveOtherOnes(long key) {
    var labels = new int[300];
    Arrays.setAll(labels, i -> i % 5 == 0 ? 2 : i % 7 == 0 ? -1 : 0);
    var sampler = new BalancedSampler(64, 0.25);
    var chosen = sampler.choose(labels, key);
    assertEquals(16, chosen.positives().length);
    assertEquals(48, chosen.negatives().length);
    assertTrue(Arrays.stream(chosen.positives()).allMatch(i -> labels[i] > 0));
    assertTrue(Arrays.stream(chosen.negatives()).allMatch(i -> labels[i] == 0));
    assertEquals(64, distinct(chosen));
    assertArrayEquals(chosen.negatives(), sampler.choose(labels, key).negatives());
    assertTrue(!Arrays.equals(chosen.negatives(), sampler.choose(labels, key + 9).negatives()));
    var few = new int[100];
    few[3] = 1;
    assertEquals(63, sampler.choose(few, key).negatives().length);
  }

  private static long distinct(BalancedSampler.Chosen chosen) {
    return IntStream.concat(Arrays.stream(chosen.positives()), Arrays.stream(chosen.negatives()))
        .distinct()
        .count();
  }

  /** Each is drawn about as often as any other. */
  @Test
  void noneIsPreferred() {
    var counts = new int[20];
    for (int key = 0; key < 4000; key++) {
      for (int i : new BalancedSampler(5, 0).choose(new int[20], key * 7919L).negatives()) {
        counts[i]++;
      }
    }
    for (int count : counts) {
      assertEquals(1000, count, 130);
    }
  }

  private static double[] box(float[] boxes, int at) {
    return new double[] {boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]};
  }

  /** The losses as the papers write them, of edges in double. */
  private static double loss(BoxLoss loss, double[] p, double[] t, double alpha) {
    double w = Math.max(0, Math.min(p[2], t[2]) - Math.max(p[0], t[0]));
    double h = Math.max(0, Math.min(p[3], t[3]) - Math.max(p[1], t[1]));
    double union = (p[2] - p[0]) * (p[3] - p[1]) + (t[2] - t[0]) * (t[3] - t[1]) - w * h;
    double iou = w * h / union;
    double aroundW = Math.max(p[2], t[2]) - Math.min(p[0], t[0]);
    double aroundH = Math.max(p[3], t[3]) - Math.min(p[1], t[1]);
    if (loss == BoxLoss.GIOU) {
      return 1 - iou + 1 - union / (aroundW * aroundH);
    }
    double x = (p[0] + p[2] - t[0] - t[2]) / 2;
    double y = (p[1] + p[3] - t[1] - t[3]) / 2;
    double diou = 1 - iou + (x * x + y * y) / (aroundW * aroundW + aroundH * aroundH);
    if (loss == BoxLoss.DIOU) {
      return diou;
    }
    double angle = Math.atan2(t[2] - t[0], t[3] - t[1]) - Math.atan2(p[2] - p[0], p[3] - p[1]);
    double v = 4 / (Math.PI * Math.PI) * angle * angle;
    return diou + (Double.isNaN(alpha) ? v / (1 - iou + v) : alpha) * v;
  }

  private static double alpha(double[] p, double[] t) {
    double with = loss(BoxLoss.CIOU, p, t, 1);
    double v = with - loss(BoxLoss.DIOU, p, t, 0);
    return v == 0 ? 0 : (loss(BoxLoss.CIOU, p, t, Double.NaN) - (with - v)) / v;
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfBoxesAreDifferences(BoxLoss kind) {
    float[] predicted = Drawn.boxes(51, 60, 40);
    float[] targets = Drawn.boxes(52, 60, 40);
    for (int i = 0; i < predicted.length; i += 4) {
      double[] p = box(predicted, i);
      double[] t = box(targets, i);
      var gradient = new float[8];
      double found = kind.add(predicted, i, targets, i, 2, gradient, 3);
      assertEquals(2 * loss(kind, p, t, Double.NaN), found, 1e-5, "box " + i);
      double fixed = alpha(p, t);
      for (int edge = 0; edge < 4; edge++) {
        double middle = p[edge];
        p[edge] = middle + STEP;
        double above = loss(kind, p, t, fixed);
        p[edge] = middle - STEP;
        double below = loss(kind, p, t, fixed);
        p[edge] = middle;
        assertEquals(
            (above - below) / STEP, gradient[3 + edge], 2e-4, "box %d, edge %d".formatted(i, edge));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0.25, 2", "0.25, 0.5", "-1, 3", "0.9, 0"})
  void focalLossIsItsDefinition(double alpha, double gamma) {
    float[] logits = Drawn.numbers(53, 40, -9, 9);
    for (int label = -1; label < 40; label += 8) {
      var gradient = new float[40];
      double total = new FocalLoss(alpha, gamma).add(logits, 0, 40, label, 1, gradient, 0);
      double sum = 0;
      for (int j = 0; j < 40; j++) {
        sum += focal(logits[j], j == label, alpha, gamma);
        double difference =
            focal(logits[j] + STEP, j == label, alpha, gamma)
                - focal(logits[j] - STEP, j == label, alpha, gamma);
        assertEquals(difference / (2 * STEP), gradient[j], 1e-5);
      }
      assertEquals(sum, total, 1e-5);
    }
  }

  private static double focal(double z, boolean there, double alpha, double gamma) {
    double p = 1 / (1 + Math.exp(-z));
    double right = there ? p : 1 - p;
    double share = alpha < 0 ? 1 : there ? alpha : 1 - alpha;
    return -share * Math.pow(1 - right, gamma) * Math.log(right);
  }

  /** The adjoint identity: for every region, <bins of v, u> is <v, gradient of u>. */
  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "1, true", "3, false"})
  void regionsAreLinearAndTheirGradientIsTheTranspose(int samples, boolean aligned) {
    var align = new RoiAlign(4, 3, samples, aligned);
    float[] regions = Drawn.boxes(54, 12, 90);
    int channels = 5;
    float[] values = Drawn.numbers(55, 11 * 13 * channels, -1, 1);
    float[] other = Drawn.numbers(56, 4 * 3 * channels, -1, 1);
    for (int i = 0; i < regions.length; i += 4) {
      var bins = new float[other.length];
      var gradient = new float[values.length];
      align.forward(
          new RoiAlign.FeatureMap(values, 0, 11, 13, channels, 0.125f), regions, i, bins, 0);
      var map = new RoiAlign.FeatureMap(gradient, 0, 11, 13, channels, 0.125f);
      align.gradient(map, 0, channels, regions, i, other, 0);
      assertEquals(dot(bins, other), dot(values, gradient), 1e-4, "region " + i);
    }
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  /** On a plane, bilinear interpolation is exact: a bin's mean is the value at its middle. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void binsOfAPlaneAreTheValuesAtTheirMiddles(boolean aligned) {
    var values = new float[20 * 30];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * (i % 30) + 5 * (i / 30);
    }
    float[] region = {16, 24, 64, 60};
    var bins = new float[6];
    new RoiAlign(2, 3, 0, aligned)
        .forward(new RoiAlign.FeatureMap(values, 0, 20, 30, 1, 0.25f), region, 0, bins, 0);
    double half = aligned ? 0.5 : 0;
    for (int i = 0; i < 6; i++) {
      double x = 4 - half + (i % 3 + 0.5) * 4;
      int row = i / 3;
      double y = 6 - half + (row + 0.5) * 4.5;
      assertEquals(2 * x + 5 * y, bins[i], 1e-4);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void whatIsEncodedIsDecoded(boolean linear) {
    float[] boxes = Drawn.boxes(57, 50, 300);
    float[] anchors = Drawn.boxes(58, 50, 300);
    var coder = new BoxCoder(10, 10, 5, 5);
    var distances = new LinearBoxCoder(true);
    var codes = new float[4];
    var found = new float[4];
    for (int i = 0; i < boxes.length; i += 4) {
      if (linear) {
        distances.encode(boxes, i, anchors, i, codes, 0);
        distances.decode(codes, 0, anchors, i, found, 0);
      } else {
        coder.encode(boxes, i, anchors, i, codes, 0);
        coder.decode(codes, 0, anchors, i, found, 0);
      }
      assertArrayEquals(Arrays.copyOfRange(boxes, i, i + 4), found, 1e-3f);
    }
  }

  @Test
  void theGradientOfDistancesIsThatOfTheirBox() {
    float[] anchors = {10, 20, 40, 90};
    float[] codes = {0.3f, 0.2f, 0.4f, 0.7f};
    float[] weights = {1, -2, 3, 0.5f};
    var coder = new LinearBoxCoder(true);
    var gradient = new float[4];
    coder.gradient(weights, 0, anchors, 0, gradient, 0);
    for (int i = 0; i < 4; i++) {
      float middle = codes[i];
      var above = new float[4];
      var below = new float[4];
      codes[i] = middle + 0.25f;
      coder.decode(codes, 0, anchors, 0, above, 0);
      codes[i] = middle - 0.25f;
      coder.decode(codes, 0, anchors, 0, below, 0);
      codes[i] = middle;
      assertEquals((dot(above, weights) - dot(below, weights)) / 0.5, gradient[i], 1e-3);
    }
  }
}
