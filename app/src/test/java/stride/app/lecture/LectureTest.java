package stride.app.lecture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;

/**
 * What every example finds, against numbers worked out by hand from the formulas on the slides, not
 * copied from them: the scan has misread digits.
 */
final class LectureTest {
  private static final Engine ENGINE = Engine.withThreads(2);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static LecturePage page(String name) {
    return page(name, 1);
  }

  private static LecturePage page(String name, long seed) {
    return Lecture.find(name).orElseThrow().run(new Setting(ENGINE, seed));
  }

  /** A number, or nested lists of numbers, in a row. */
  private static double[] flat(Object numbers) {
    var flat = new ArrayList<Double>();
    flatten(numbers, flat);
    return flat.stream().mapToDouble(d -> d).toArray();
  }

  private static void flatten(Object numbers, List<Double> flat) {
    switch (numbers) {
      case List<?> list -> list.forEach(item -> flatten(item, flat));
      case Number number -> flat.add(number.doubleValue());
      default -> throw new IllegalArgumentException("no number: " + numbers);
    }
  }

  private static void assertNumbers(LecturePage page, String name, double... expected) {
    assertArrayEquals(expected, flat(page.numbers().get(name)), 1e-6, name);
  }

  static List<String> names() {
    return Lecture.EXAMPLES.stream().map(Example::name).toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyClaimHoldsAndEveryLineFitsATerminal(String name) {
    var page = page(name);
    assertTrue(page.passed(), () -> String.join("\n", page.lines()));
    assertTrue(page.lines().stream().anyMatch(line -> line.startsWith("ok: ")), "claims nothing");
    assertFalse(page.numbers().isEmpty(), "tells programs nothing");
    for (var line : page.lines()) {
      assertTrue(line.length() <= 98, () -> line.length() + " columns: " + line);
      assertTrue(line.chars().allMatch(c -> c >= ' ' && c <= '~'), () -> "not ASCII: " + line);
    }
  }

  @Test
  void noTwoExamplesShareAName() {
    assertEquals(Lecture.EXAMPLES.size(), new HashSet<>(names()).size());
  }

  @Test
  void aFalseClaimFailsThePage() {
    var page = new LecturePage(new Setting(ENGINE, 1));
    page.check("true", true);
    assertTrue(page.passed());
    page.check("one is two", false);
    page.check("true", true);
    assertFalse(page.passed());
    assertEquals(List.of("ok: true", "WRONG: one is two", "ok: true"), page.lines());
  }

  @Test
  void aDenseLayerHasMillionsOfWeightsAConvolutionThousands() {
    var page = page("mlp-or-convolution");
    assertNumbers(page, "dense", 30_000_000, 300_000_000, 3_000_000_000.0);
    assertNumbers(page, "convolution", (27 + 1) * 100);
  }

  @Test
  void twoBoxesMakeATriangle() {
    assertNumbers(page("box-functions"), "convolution", 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25);
  }

  @Test
  void networksDoNotFlipTheFilter() {
    var page = page("flipping");
    assertNumbers(page, "not_flipped", 9, 8, 7, 6, 5, 4, 3, 2, 1);
    assertNumbers(page, "flipped", 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void eachOutputIsASumOfFourProducts() {
    var page = page("forward");
    assertNumbers(
        page,
        "output",
        5 * 1 + 6 * 2 + 7 * 4 + 8 * 5,
        5 * 2 + 6 * 3 + 7 * 5 + 8 * 6,
        5 * 4 + 6 * 5 + 7 * 7 + 8 * 8,
        5 * 5 + 6 * 6 + 7 * 8 + 8 * 9);
    assertTrue(
        page.lines()
            .contains("z12 = f11 x12 + f12 x13 + f21 x22 + f22 x23 = 5*2 + 6*3 + 7*5 + 8*6 = 111"));
  }

  @Test
  void verticalEdges() {
    assertNumbers(
        page("vertical-edges"), "output", 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0);
  }

  @Test
  void horizontalEdges() {
    assertNumbers(
        page("horizontal-edges"), "output", 0, 0, 0, 0, 30, 30, 30, 30, 30, 30, 30, 30, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, -7})
  void gradientDescentFindsTheVerticalEdgeFilter(long seed) {
    var page = page("learning-edges", seed);
    assertArrayEquals(
        new double[] {1, 0, -1, 1, 0, -1, 1, 0, -1}, flat(page.numbers().get("filter")), 1e-3);
    var losses = flat(page.numbers().get("losses"));
    for (int i = 1; i < losses.length; i++) {
      assertTrue(
          losses[i] < losses[i - 1] / 2, "the loss falls: " + List.of(losses[i - 1], losses[i]));
    }
  }

  @Test
  void learningGivesTheSameBitsOnAnyNumberOfThreads() {
    try (var one = Engine.withThreads(1)) {
      var alone = Lecture.find("learning-edges").orElseThrow().run(new Setting(one, 5));
      assertEquals(page("learning-edges", 5).numbers(), alone.numbers());
    }
  }

  @Test
  void theFiltersGradientIsAConvolution() {
    var page = page("filter-gradient");
    double[] expected = {
      1 * 1 + 2 * 2 + 3 * 4 + 4 * 5,
      1 * 2 + 2 * 3 + 3 * 5 + 4 * 6,
      1 * 4 + 2 * 5 + 3 * 7 + 4 * 8,
      1 * 5 + 2 * 6 + 3 * 8 + 4 * 9
    };
    assertNumbers(page, "filter_gradient", expected);
    assertNumbers(page, "convolution", expected);
    assertTrue(
        page.lines()
            .contains(
                "dL/df21 = dz11 x21 + dz12 x22 + dz21 x31 + dz22 x32 = 1*4 + 2*5 + 3*7 + 4*8 ="
                    + " 67"));
  }

  @Test
  void theInputsGradientIsTheFullConvolution() {
    var page = page("input-gradient");
    double[] expected = {
      1 * 5,
      1 * 6 + 2 * 5,
      2 * 6,
      1 * 7 + 3 * 5,
      1 * 8 + 2 * 7 + 3 * 6 + 4 * 5,
      2 * 8 + 4 * 6,
      3 * 7,
      3 * 8 + 4 * 7,
      4 * 8
    };
    assertNumbers(page, "input_gradient", expected);
    assertNumbers(page, "convolution", expected);
    // The one that the scan has misread.
    assertTrue(
        page.lines().stream()
            .anyMatch(line -> line.matches("dL/dx23 = dz12 f22 \\+ dz22 f12 +=.*= 40")));
  }

  @Test
  void paddingKeepsTheSize() {
    var page = page("padding");
    assertNumbers(page, "valid", 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0);
    double[] same = new double[36];
    for (int y = 0; y < 6; y++) {
      // The first and the last row see the image in two rows of the filter only.
      double rows = y == 0 || y == 5 ? 2 : 3;
      System.arraycopy(new double[] {-10 * rows, 0, 10 * rows, 10 * rows, 0, 0}, 0, same, y * 6, 6);
    }
    assertNumbers(page, "same", same);
  }

  @Test
  void strideTwo() {
    assertNumbers(
        page("stride"),
        "output",
        1 + 2 * 8 - 2 + 2,
        8 + 2 * 9 - 2 + 5,
        9 + 2 * 1 - 5 + 3,
        0 + 2 * 3 - 4 + 1,
        3 + 2 * 1 - 1 + 6,
        1 + 2 * 8 - 6 + 8,
        2 + 2 * 5 - 1 + 4,
        5 + 2 * 2 - 4 + 7,
        2 + 2 * 9 - 7 + 3);
  }

  @Test
  void theOutputSizeFormula() {
    var found = new ArrayList<Integer>();
    for (var row : (List<?>) page("output-size").numbers().get("sizes")) {
      found.add((Integer) ((Map<?, ?>) row).get("output"));
    }
    assertEquals(List.of(4, 6, 6, 2, 3, 4, 1, 4, 28, 10, 112, 55), found);
  }

  @Test
  void twoFiltersOnAnImageOfThreeChannels() {
    // (H, W, C): red's edge of 30 and blue's of 15 in channel 1, green's in channel 2.
    assertNumbers(
        page("rgb"),
        "output",
        new double[] {
          0, 0, 45, 0, 45, 0, 0, 0,
          0, 30, 45, 30, 45, 30, 0, 30,
          0, 30, 45, 30, 45, 30, 0, 30,
          0, 0, 45, 0, 45, 0, 0, 0,
        });
  }

  @Test
  void thePopQuiz() {
    var page = page("pop-quiz");
    assertNumbers(page, "filter", 3, 3, 16);
    assertNumbers(page, "filters", 36);
    assertNumbers(page, "parameters", 3 * 3 * 16 * 36 + 36);
  }

  @Test
  void aConvolutionIsAMatrixProduct() {
    var page = page("im2col");
    assertNumbers(
        page,
        "x_col",
        new double[] {
          1, 3, 9, 11,
          2, 4, 10, 12,
          5, 7, 13, 15,
          6, 8, 14, 16,
          16, 14, 8, 6,
          15, 13, 7, 5,
          12, 10, 4, 2,
          11, 9, 3, 1,
          1, 2, 3, 4,
          0, 0, 0, 0,
          0, 0, 0, 0,
          0, 0, 0, 0,
        });
    // Blue's and green's diagonals and red's first pixel; blue less green, and red twice.
    assertNumbers(
        page,
        "wx",
        1 + 6 + 15 + 12 + 1,
        3 + 8 + 13 + 10 + 2,
        9 + 14 + 7 + 4 + 3,
        11 + 16 + 5 + 2 + 4,
        14 - 54 + 2,
        22 - 46 + 4,
        46 - 22 + 6,
        54 - 14 + 8);
    assertNumbers(page, "output", 35, -38, 36, -20, 37, 30, 38, 48);
  }

  @Test
  void aFilterIsASparseMatrix() {
    var page = page("weight-sharing");
    assertNumbers(page, "convolution", 4);
    assertNumbers(page, "dense", 64);
    assertNumbers(page, "output", 44, 64, 124, 144);
    assertNumbers(
        page,
        "matrix",
        new double[] {
          1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
          0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0,
          0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0,
          0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4,
        });
  }

  @Test
  void maxPoolingsGradientGoesToTheMaximum() {
    var page = page("max-pooling");
    assertNumbers(page, "output", 9, 4, 6, 3);
    assertNumbers(page, "input_gradient", 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0);
  }

  @Test
  void averagePoolingsGradientIsShared() {
    var page = page("average-pooling");
    assertNumbers(
        page,
        "output",
        (1 + 3 + 2 + 9) / 4.0,
        (2 + 4 + 1 + 1) / 4.0,
        (1 + 3 + 5 + 6) / 4.0,
        (2 + 3 + 1 + 2) / 4.0);
    assertNumbers(
        page,
        "input_gradient",
        new double[] {
          0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1, 0.75, 0.75, 1, 1,
        });
  }

  @Test
  void lenet5HasThe61706ParametersOfTheSlide() {
    var page = page("lenet5");
    assertEquals(
        List.of(
            Map.of("layer", "conv1", "parameters", List.of(150, 6)),
            Map.of("layer", "conv2", "parameters", List.of(2400, 16)),
            Map.of("layer", "fc1", "parameters", List.of(48000, 120)),
            Map.of("layer", "fc2", "parameters", List.of(10080, 84)),
            Map.of("layer", "fc3", "parameters", List.of(840, 10))),
        page.numbers().get("layers"));
    assertNumbers(page, "parameters", 61_706);
  }

  @Test
  void softmaxOfNineFiveZero() {
    var page = page("softmax");
    // e^9, e^5 and e^0 are 8103.0839, 148.4132 and 1, together 8252.4971.
    assertNumbers(page, "softmax", 0.98189479, 0.01798403, 0.00012118);
    assertNumbers(page, "loss", 0.01827111);
    assertNumbers(page, "gradient", 0.98189479 - 1, 0.01798403, 0.00012118);
  }

  @Test
  void sigmoidWithBinaryCrossEntropy() {
    var page = page("sigmoid");
    // 1 / (1 + e^2) and 1 / (1 + e^-2); log(1 + e^2), log 2 and log(1 + e^-2).
    assertNumbers(page, "sigmoid", 0.11920292, 0.5, 0.88079708);
    assertNumbers(
        page, "loss", 2.12692801, 0.69314718, 0.12692801, 0.12692801, 0.69314718, 2.12692801);
    assertNumbers(page, "gradient", -0.88079708, -0.5, -0.11920292, 0.11920292, 0.5, 0.88079708);
  }
}
