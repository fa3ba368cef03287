package stride.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.image.Image;
import stride.image.Picture;
import stride.image.Pictures;
import stride.layer.Size;
import stride.tensor.Shape;

/** A detector with many callers and pictures of many sizes, and with weights that are none. */
final class DetectorTest {
  private static final int[][] SIZES = {{64, 96}, {40, 90}, {90, 40}, {200, 150}, {7, 64}};

  @Test
  void manyThreadsOnOneDetectorGetTheBitsOfOne(@TempDir Path folder) throws Exception {
    var model = SmallDetector.fcos(1);
    var files = new ArrayList<Path>();
    var expected = new ArrayList<List<Detection>>();
    try (var engine = Engine.withThreads(2);
        var threads = Executors.newFixedThreadPool(12)) {
      for (int i = 0; i < 20; i++) {
        int[] size = SIZES[i % SIZES.length];
        files.add(SmallDetector.picture(folder.resolve(i + ".png"), i, size[0], size[1]));
        expected.add(Detector.of(model, engine).detect(files.getLast()));
        assertFalse(expected.getLast().isEmpty(), "nothing is found in picture " + i);
      }
      var detector = Detector.of(model, engine);
      var requests = new ArrayList<Callable<List<Detection>>>();
      for (int i = 0; i < 400; i++) {
        int picture = i % files.size();
        requests.add(
            i % 3 == 0
                ? () -> detector.detect(files.get(picture))
                : () -> detector.maxBoxes(100).detect(Pictures.decode(files.get(picture))));
      }
      var answers = threads.invokeAll(requests);
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(expected.get(i % files.size()), answers.get(i).get(), "request " + i);
      }
    }
  }

  @Test
  void aSizeIsLoweredOnceWhileItIsAskedFor() {
    var networks = new SizedNetworks(SmallDetector.fcos(1));
    var first = networks.of(Shape.image(64, 64, 3));
    for (int i = 1; i < SizedNetworks.MOST; i++) {
      var other = networks.of(Shape.image(64, 64 + 32 * i, 3));
      assertEquals(64 + 32 * i, other.network().input().width());
      assertSame(first, networks.of(Shape.image(64, 64, 3)));
    }
    var second = networks.of(Shape.image(64, 96, 3));
    networks.of(Shape.image(320, 64, 3));
    assertSame(first, networks.of(Shape.image(64, 64, 3)), "asked for a moment ago");
    networks.of(Shape.image(352, 64, 3));
    networks.of(Shape.image(384, 64, 3));
    assertSame(second, networks.of(Shape.image(64, 96, 3)), "asked for before the last ones");
    for (int i = 0; i < SizedNetworks.MOST; i++) {
      networks.of(Shape.image(512, 64 + 32 * i, 3));
    }
    assertNotSame(first, networks.of(Shape.image(64, 64, 3)), "kept for ever");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void weightsThatHaveRunAwayGiveOneSentenceAndNoBoxes(float bad) {
    var model = SmallDetector.fcos(1);
    var entry = model.weights().table().weight("centers0.weight");
    model.weights().values()[entry.offset()] = bad;
    model.weights().changed();
    var detector = Detector.of(model);
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> detector.detectImages(List.of(SmallDetector.image(1, 64, 96))));
    String said = String.valueOf(refused.getMessage());
    assertTrue(said.startsWith("the network gives no answer: its output centers0, value "), said);
    assertTrue(said.endsWith("or train with a smaller learning rate"), said);
  }

  @Test
  void aPictureThatAnotherDetectorPreparedIsRefused() {
    var model = SmallDetector.fcos(1);
    var picture = Detector.of(model).prepare(picture());
    assertEquals(1, Detector.of(SmallDetector.fcos(2)).detectPrepared(List.of(picture)).size());
    var method = (FcosMethod) model.method();
    var larger = method.forInput(new Size(96, 128));
    var other = Detector.of(model.withMethod(larger, model.labels()));
    assertThrows(IllegalArgumentException.class, () -> other.detectPrepared(List.of(picture)));
  }

  private static Picture picture() {
    try {
      return Pictures.decode(SmallDetector.image(3, 50, 60).toPng());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** FastestDet's boxes reach beyond the picture by themselves. */
  @Test
  void boxesAreCutOffAtThePicturesEdges() {
    var found =
        new FoundBoxes(
            new float[] {-5, -1, 20, 12, 30, 30, 70, 45, -9, -9, -1, -1, 60, 3, 64, 9},
            new float[] {0.9f, 0.8f, 0.7f, 0.6f},
            new int[] {0, 1, 2, 3});
    var size = new Size(40, 60);
    assertEquals(
        List.of(
            new Detection(0, 0.9f, 0, 0, 20, 12),
            new Detection(1, 0.8f, 30, 30, 60, 40),
            new Detection(2, 0.7f, 0, 0, 0, 0),
            new Detection(3, 0.6f, 60, 3, 60, 9)),
        found.within(size, size));
    assertEquals(
        new Detection(1, 0.8f, 60, 15, 120, 20), found.within(size, new Size(20, 120)).get(1));
  }

  @Test
  void imagesWithoutNumbersAreRefused() {
    var image = Image.zeros(Shape.image(5, 5, 3));
    image.data()[7] = Float.NaN;
    var detector = Detector.of(SmallDetector.fcos(1));
    assertThrows(IllegalArgumentException.class, () -> detector.detectImages(List.of(image)));
  }
}
