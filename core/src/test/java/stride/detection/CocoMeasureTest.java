package stride.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.data.Box;
import stride.data.TrueBox;
import stride.tensor.CounterRandom;

/** COCO's measure, against pycocotools' numbers for the same detections (tools/golden/coco.py). */
final class CocoMeasureTest {
  private record Picture(List<TrueBox> truths, List<Detection> found) {}

  /** Draws whole numbers one after the other, as the script does. */
  private static final class Draws {
    private final long key;
    private long count;

    Draws(long of) {
      key = CounterRandom.key(7, of, 0);
    }

    int below(int bound) {
      return (int) ((CounterRandom.bits(key, count++) >>> 40) % bound);
    }

    int[] box(int label) {
      int side = new int[] {20, 90, 250}[below(3)];
      return new int[] {label, below(400), below(300), 1 + below(side), 1 + below(side)};
    }
  }

  private static List<Picture> pictures(long of, int pictures, int classes, int most) {
    var draws = new Draws(of);
    var drawn = new ArrayList<Picture>();
    for (int n = 0; n < pictures; n++) {
      var picture = new Picture(new ArrayList<>(), new ArrayList<>());
      var own = new ArrayList<int[]>();
      int count = draws.below(5) == 0 ? 0 : draws.below(most + 1);
      for (int i = 0; i < count; i++) {
        int[] box = draws.box(draws.below(classes - 1));
        own.add(box);
        boolean crowd = draws.below(8) == 0;
        boolean ignored = draws.below(10) == 0;
        double area = box[3] * box[4] * (5 + draws.below(6)) / 10.0;
        picture.truths.add(
            new TrueBox(
                new Box(box[0], box[1], box[2], box[1] + box[3], box[2] + box[4]),
                area,
                crowd,
                ignored));
      }
      int detections = draws.below(6) == 0 ? 0 : draws.below(2 * most + 1);
      for (int i = 0; i < detections; i++) {
        int[] box;
        if (!own.isEmpty() && draws.below(3) > 0) {
          int[] near = own.get(draws.below(own.size()));
          int label = draws.below(5) > 0 ? near[0] : draws.below(classes);
          box =
              new int[] {
                label,
                near[1] + draws.below(11) - 5,
                near[2] + draws.below(11) - 5,
                Math.max(1, near[3] + draws.below(11) - 5),
                Math.max(1, near[4] + draws.below(11) - 5)
              };
        } else {
          box = draws.box(draws.below(classes));
        }
        picture.found.add(
            new Detection(
                box[0], draws.below(20) / 20f, box[1], box[2], box[1] + box[3], box[2] + box[4]));
      }
      drawn.add(picture);
    }
    return drawn;
  }

  private static double[] golden(String name) throws IOException {
    var file = Objects.requireNonNull(CocoMeasureTest.class.getResourceAsStream("coco.txt"));
    try (var lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
      var line = lines.lines().filter(text -> text.startsWith(name + " ")).findFirst();
      return Arrays.stream(line.orElseThrow().split(" "))
          .skip(1)
          .mapToDouble(Double::parseDouble)
          .map(value -> value == -1 ? Double.NaN : value)
          .toArray();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "few, 31, 12, 4, 4",
    "many, 32, 60, 6, 12",
    "crowded, 33, 5, 2, 160",
    "one, 34, 30, 2, 2",
    "rare, 35, 8, 40, 6"
  })
  void allNumbersArePycocotools(String name, long of, int pictures, int classes, int most)
      throws IOException {
    var measure = new CocoMeasure(classes);
    pictures(of, pictures, classes, most)
        .forEach(picture -> measure.add(picture.found, picture.truths));
    var found = measure.scores();
    var numbers =
        new ArrayList<Double>(
            List.of(
                found.ap(),
                found.ap50(),
                found.ap75(),
                found.apSmall(),
                found.apMedium(),
                found.apLarge(),
                found.ar1(),
                found.ar10(),
                found.ar100(),
                found.arSmall(),
                found.arMedium(),
                found.arLarge()));
    found.classes().forEach(own -> numbers.addAll(List.of(own.ap(), own.ap50())));
    assertArrayEquals(
        golden(name), numbers.stream().mapToDouble(Double::doubleValue).toArray(), 1e-9);
  }

  private static Detection found(int label, double score, float left) {
    return new Detection(label, (float) score, left, 0, left + 100, 100);
  }

  private static TrueBox truth(int label, float left) {
    return TrueBox.of(new Box(label, left, 0, left + 100, 100));
  }

  @Test
  void allFoundIsOneAndNothingFoundIsZero() {
    var all = new CocoMeasure(2);
    all.add(List.of(found(0, 0.9, 0), found(1, 0.8, 300)), List.of(truth(0, 0), truth(1, 300)));
    all.add(List.of(), List.of());
    assertEquals(1, all.scores().ap(), 1e-12);
    assertEquals(1, all.scores().ar1(), 1e-12);
    assertTrue(Double.isNaN(all.scores().apSmall()));
    var none = new CocoMeasure(2);
    none.add(List.of(), List.of(truth(0, 0)));
    assertEquals(0, none.scores().ap50());
    assertEquals(1, none.scores().classes().getFirst().boxes());
    assertTrue(Double.isNaN(none.scores().classes().getLast().ap()));
    assertTrue(Double.isNaN(new CocoMeasure(3).scores().ap()));
  }

  @Test
  void theCurveTakesTheSurestFirst() {
    var measure = new CocoMeasure(1);
    measure.add(
        List.of(found(0, 0.5, 0), found(0, 0.9, 300), found(0, 0.7, 600)),
        List.of(truth(0, 0), truth(0, 300)));
    var curve = measure.curve(0);
    assertArrayEquals(new float[] {0.9f, 0.7f, 0.5f}, curve.scores());
    assertArrayEquals(new float[] {0.5f, 0.5f, 1}, curve.recall(), 1e-6f);
    assertArrayEquals(new float[] {1, 0.5f, 2 / 3f}, curve.precision(), 1e-6f);
  }

  @Test
  void anUnknownClassIsNamed() {
    var measure = new CocoMeasure(2);
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> measure.add(List.of(found(2, 0.5, 0)), List.of()));
    assertEquals("there is a box of class 2, the measure has 2 classes", refused.getMessage());
  }

  @Test
  void fiveThousandPicturesOfAHundredBoxesTakeSeconds() {
    var drawn = pictures(40, 50, 80, 50);
    var measure = new CocoMeasure(80);
    long start = System.nanoTime();
    for (int i = 0; i < 5000; i++) {
      measure.add(drawn.get(i % 50).found, drawn.get(i % 50).truths);
    }
    var scores = measure.scores();
    double seconds = (System.nanoTime() - start) * 1e-9;
    assertTrue(scores.ap() > 0.01 && seconds < 60, scores.ap() + " in " + seconds + " s");
  }
}
