package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.maxPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.image.Image;
import stride.image.Pixels;
import stride.network.Model;
import stride.network.Network;
import stride.style.StyleSettings.Method;
import stride.style.StyleSettings.Start;
import stride.style.StyleTransfer.Progress;
import stride.tensor.Shape;

class StyleTransferTest {
  private static final StyleLayers LAYERS =
      new StyleLayers(Map.of("b", 1.0), Map.of("a", 100.0, "b", 100.0), 1);

  private static Model model(long seed) {
    return Model.initialized(
        Network.of(
            Shape.image(32, 32, 3),
            sequential(
                named("a", conv(8, 3).padding(1)),
                relu(),
                maxPool(2),
                named("b", conv(8, 3).padding(1)))),
        seed);
  }

  private static Pixels picture(int height, int width, long seed) {
    var bytes = new byte[3 * height * width];
    new Random(seed).nextBytes(bytes);
    return new Pixels(height, width, 3, bytes);
  }

  private static StyleTransfer transfer(StyleSettings settings) {
    return new StyleTransfer(model(1), LAYERS, settings, Engine.shared());
  }

  private static final List<Style> STYLES = List.of(new Style(picture(24, 31, 2), 1));

  @ParameterizedTest
  @EnumSource(Method.class)
  void theLossFallsAtEverySize(Method method) {
    var seen = new ArrayList<Progress>();
    var painting =
        transfer(StyleSettings.STANDARD.method(method).steps(20).scales(2))
            .paint(
                picture(40, 33, 1),
                STYLES,
                (progress, picture) -> {
                  seen.add(progress);
                  assertEquals(Shape.image(40, 33, 3), picture.get().shape());
                  return true;
                });
    assertEquals(40, seen.size());
    for (int scale = 0; scale < 2; scale++) {
      var first = seen.get(20 * scale);
      var last = seen.get(20 * scale + 19);
      assertEquals(scale + 1, last.scale());
      assertTrue(last.losses().total() < 0.95 * first.losses().total(), first + " to " + last);
    }
    assertEquals(Painting.Ending.DONE, painting.ending());
    assertEquals(Shape.image(40, 33, 3), painting.image().shape());
    for (float value : painting.image().data()) {
      assertTrue(value >= 0 && value <= 1, "value " + value);
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void theSameSeedGivesTheSameBitsForAnyNumberOfThreads(Method method) {
    var settings = StyleSettings.STANDARD.method(method).steps(5).start(Start.NOISE);
    var results = new ArrayList<float[]>();
    for (int threads : new int[] {1, 3}) {
      try (var engine = Engine.withThreads(threads)) {
        results.add(
            new StyleTransfer(model(1), LAYERS, settings, engine)
                .paint(picture(40, 33, 1), STYLES, (progress, picture) -> true)
                .image()
                .data());
      }
    }
    assertArrayEquals(results.get(0), results.get(1));
    float[] other =
        transfer(settings.seed(2))
            .paint(picture(40, 33, 1), STYLES, (progress, picture) -> true)
            .image()
            .data();
    assertFalse(Arrays.equals(results.get(0), other), "another seed, the same noise");
  }

  @Test
  void whoStopsKeepsThePictureOfThatStep() {
    var last = new ArrayList<Image>();
    var painting =
        transfer(StyleSettings.STANDARD.steps(20))
            .paint(
                picture(30, 30, 1),
                STYLES,
                (progress, picture) -> {
                  last.add(picture.get());
                  return progress.step() < 3;
                });
    assertEquals(Painting.Ending.STOPPED, painting.ending());
    assertEquals(3, painting.step());
    assertArrayEquals(last.getLast().data(), painting.image().data());
  }

  /** Weights that are NaN from the second size on. */
  @ParameterizedTest
  @EnumSource(Method.class)
  void whatASizeCannotBeginIsWhatTheSizeBeforeHasPainted(Method method) {
    var model = model(1);
    var last = new ArrayList<Progress>();
    var painting =
        new StyleTransfer(
                model,
                LAYERS,
                StyleSettings.STANDARD.method(method).steps(3).scales(2),
                Engine.shared())
            .paint(
                picture(40, 33, 1),
                STYLES,
                (progress, picture) -> {
                  last.add(progress);
                  if (progress.step() == 3) {
                    Arrays.fill(model.weights().values(), Float.NaN);
                    model.weights().changed();
                  }
                  return true;
                });
    assertEquals(Painting.Ending.NOT_FINITE, painting.ending());
    assertEquals(3, last.size());
    assertEquals(3, painting.step());
    assertEquals(last.getLast().losses(), painting.losses());
    assertEquals(Shape.image(40, 33, 3), painting.image().shape());
  }

  @Test
  void withoutMemoryForMoreTheLastPictureIsKept() {
    var seen = new ArrayList<Image>();
    var painting =
        transfer(StyleSettings.STANDARD.steps(5))
            .paint(
                picture(30, 30, 1),
                STYLES,
                (progress, picture) -> {
                  seen.add(picture.get());
                  if (progress.step() == 2) {
                    throw new OutOfMemoryError("thrown by hand");
                  }
                  return true;
                });
    assertEquals(Painting.Ending.OUT_OF_MEMORY, painting.ending());
    assertEquals(2, painting.step());
    assertArrayEquals(seen.getLast().data(), painting.image().data());
  }

  /** The photo has its own content: no step makes a loss of 0 smaller. */
  @Test
  void whereNoStepMakesTheLossSmallerThePaintingIsDone() {
    var photo = picture(30, 30, 1);
    var layers = new StyleLayers(Map.of("b", 1.0), Map.of(), 0);
    var seen = new ArrayList<Progress>();
    var painting =
        new StyleTransfer(model(1), layers, StyleSettings.STANDARD.steps(9), Engine.shared())
            .paint(
                photo,
                List.of(),
                (progress, picture) -> {
                  seen.add(progress);
                  return true;
                });
    assertEquals(1, seen.size());
    assertEquals(Painting.Ending.DONE, painting.ending());
    assertEquals(0, painting.losses().total(), 1e-12);
    assertArrayEquals(photo.toImage().data(), painting.image().data());
  }

  @Test
  void twoStylesAreLearnedTogether() {
    var other = new Style(picture(24, 31, 8), 3);
    var both =
        transfer(StyleSettings.STANDARD.steps(5))
            .paint(picture(30, 30, 1), List.of(STYLES.getFirst(), other), (p, image) -> true);
    var one =
        transfer(StyleSettings.STANDARD.steps(5))
            .paint(picture(30, 30, 1), STYLES, (progress, picture) -> true);
    assertFalse(Arrays.equals(both.image().data(), one.image().data()));
  }

  @Test
  void withTheLuminanceAloneColoursStay() {
    var photo = picture(30, 30, 1);
    var painted =
        transfer(StyleSettings.STANDARD.steps(8).colours(Colours.LUMINANCE))
            .paint(photo, STYLES, (progress, picture) -> true)
            .image();
    int inside = 0;
    for (int i = 0; i < photo.data().length; i += 3) {
      float[] rgb = Arrays.copyOfRange(painted.data(), i, i + 3);
      if (IntStream.range(0, 3).allMatch(c -> rgb[c] > 0 && rgb[c] < 1)) {
        inside++;
        double red = ((photo.data()[i] & 0xFF) - (photo.data()[i + 1] & 0xFF)) / 255.0;
        assertEquals(red, rgb[0] - rgb[1], 1e-5, "red less green at " + i);
      }
    }
    assertTrue(inside > 100, inside + " pixels");
  }

  @Test
  void aStyleWithTheColoursOfAPhotoHasItsMeanAndItsSpread() {
    var photo = new Pixels(20, 20, 3, new byte[1200]);
    var random = new Random(4);
    for (int i = 0; i < 1200; i += 3) {
      int red = 90 + random.nextInt(40);
      photo.data()[i] = (byte) red;
      photo.data()[i + 1] = (byte) (red / 2 + random.nextInt(10));
      photo.data()[i + 2] = (byte) (100 + random.nextInt(30));
    }
    var matched = Colours.HISTOGRAM.ofStyle(picture(40, 40, 3), photo);
    for (int c = 0; c < 3; c++) {
      assertEquals(mean(photo, c, c), mean(matched, c, c), 150, "square of channel " + c);
    }
    assertEquals(mean(photo, 0, 1), mean(matched, 0, 1), 150, "red with green");
  }

  private static double mean(Pixels picture, int a, int b) {
    double sum = 0;
    for (int i = 0; i < picture.data().length; i += 3) {
      sum += (picture.data()[i + a] & 0xFF) * (double) (picture.data()[i + b] & 0xFF);
    }
    return sum / (picture.data().length / 3.0);
  }

  /** A call that cannot be, and what its sentence has to say. */
  record Refused(String said, Runnable call) {
    @Override
    public String toString() {
      return said;
    }
  }

  private static Model broken() {
    var model = model(1);
    Arrays.fill(model.weights().values(), Float.NaN);
    model.weights().changed();
    return model;
  }

  static List<Refused> refusals() {
    var photo = picture(30, 30, 1);
    return List.of(
        new Refused("of one colour", () -> new Style(new Pixels(9, 9, 3, new byte[243]), 1)),
        new Refused("1x1 pixels", () -> new Style(new Pixels(1, 1, 3, new byte[3]), 1)),
        new Refused("above 0, found 0.0", () -> new Style(picture(4, 4, 1), 0)),
        new Refused("red, green and blue", () -> new Style(new Pixels(2, 1, 1, new byte[2]), 1)),
        new Refused(
            "too small for the network's layers",
            () ->
                transfer(StyleSettings.STANDARD)
                    .paint(picture(1, 30, 1), STYLES, (progress, picture) -> true)),
        new Refused(
            "too small for the network's layers",
            () ->
                transfer(StyleSettings.STANDARD)
                    .paint(photo, List.of(new Style(picture(1, 9, 1), 1)), (p, image) -> true)),
        new Refused(
            "no layer nowhere",
            () ->
                new StyleTransfer(
                        model(1),
                        new StyleLayers(Map.of("nowhere", 1.0), Map.of(), 0),
                        StyleSettings.STANDARD,
                        Engine.shared())
                    .paint(photo, STYLES, (progress, picture) -> true)),
        new Refused(
            "is no number",
            () ->
                new StyleTransfer(broken(), LAYERS, StyleSettings.STANDARD, Engine.shared())
                    .paint(photo, STYLES, (progress, picture) -> true)),
        new Refused("at least one style", () -> paintWithout(photo)),
        new Refused("1 step or more, found 0", () -> StyleSettings.STANDARD.steps(0)),
        new Refused("1 to 8 scales, found 9", () -> StyleSettings.STANDARD.scales(9)),
        new Refused("0 or more, found NaN", () -> LAYERS.strength(Double.NaN)),
        new Refused("name a layer", () -> new StyleLayers(Map.of(), Map.of(), 1)));
  }

  private static void paintWithout(Pixels photo) {
    transfer(StyleSettings.STANDARD).paint(photo, List.of(), (progress, picture) -> true);
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatCannotBePaintedIsRefusedInASentence(Refused refused) {
    var thrown = assertThrows(IllegalArgumentException.class, refused.call::run);
    assertTrue(thrown.getMessage().contains(refused.said), thrown.getMessage());
    assertFalse(thrown.getMessage().contains("\n"), thrown.getMessage());
  }
}
