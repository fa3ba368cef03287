package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.detection.Detection;
import stride.detection.DetectionMethod;
import stride.detection.Detector;
import stride.detection.FasterRcnnMethod;
import stride.detection.FcosMethod;
import stride.detection.Resizing;
import stride.detection.RetinaNetMethod;
import stride.engine.Engine;
import stride.image.Image;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;

/** What detectors find in pictures, against torchvision in double. */
final class DetectionsTest {
  private static final int BOXES = 30;
  private static final double OF_THE_PICTURE = 1e-3;
  private static final double OF_A_SCORE = 1e-4;

  /** Floats near 1 whose order rounding decides: four units in the last place. */
  private static final double SAME_SCORE = 2.5e-7;

  private static final List<Shape> SIZES =
      List.of(Shape.image(120, 160, 3), Shape.image(150, 100, 3), Shape.image(97, 131, 3));
  private static final Resizing SMALL = new Resizing(160, 266);

  private static final List<Shape> LARGE_SIZES =
      List.of(Shape.image(120, 160, 3), Shape.image(150, 100, 3), Shape.image(190, 90, 3));
  private static final Resizing PUBLISHED = new Resizing(800, 1333);

  static Stream<DetectorGolden.Detections> detections() {
    return DetectorGolden.detections("detections.txt.gz").stream();
  }

  static Stream<DetectorGolden.Detections> largeDetections() {
    return DetectorGolden.detections("large_detections.txt.gz").stream();
  }

  @ParameterizedTest
  @MethodSource("detections")
  void boxesAreThoseOfTorchvisionAloneAndAsOneBatch(DetectorGolden.Detections expected) {
    assertSame(expected, SIZES, SMALL);
  }

  /** Pictures become as large as the networks were published for: a batch is 1344x1088. */
  @Tag("slow")
  @ParameterizedTest
  @MethodSource("largeDetections")
  void boxesAtThePublishedSizeAreThoseOfTorchvision(DetectorGolden.Detections expected) {
    assertSame(expected, LARGE_SIZES, PUBLISHED);
  }

  private static void assertSame(
      DetectorGolden.Detections expected, List<Shape> sizes, Resizing resizing) {
    var images = images(expected.pictures(), sizes);
    try (var engine = Engine.withThreads(2)) {
      var detector = Detector.of(model(expected, resizing), engine).maxBoxes(BOXES);
      var found = new ArrayList<List<Detection>>();
      for (var image : images) {
        found.addAll(detector.detectImages(List.of(image)));
      }
      found.addAll(detector.detectImages(images));
      for (int i = 0; i < found.size(); i++) {
        assertSame(
            expected.boxes().get(i),
            found.get(i),
            sizes.get(i % 3),
            "picture %d %s".formatted(i % 3, i < 3 ? "alone" : "in a batch"));
      }
    }
  }

  /** The number of threads changes no bit, and a saved model finds the same. */
  @Test
  void aSavedSsdFindsTheSame(@TempDir Path folder) throws Exception {
    var expected =
        detections().filter(own -> own.name().startsWith("ssdlite")).findFirst().orElseThrow();
    var model = model(expected, SMALL);
    var file = folder.resolve("ssdlite.safetensors");
    model.save(file);
    var loaded = Model.load(file);
    assertEquals(model.method(), loaded.method());
    var images = images(expected.pictures(), SIZES);
    try (var one = Engine.withThreads(1);
        var three = Engine.withThreads(3)) {
      assertEquals(
          Detector.of(model, one).detectImages(images),
          Detector.of(loaded, three).detectImages(images));
    }
  }

  private static List<Image> images(int first, List<Shape> sizes) {
    var images = new ArrayList<Image>();
    for (int i = 0; i < sizes.size(); i++) {
      images.add(DetectorGolden.picture(first + i, sizes.get(i).height(), sizes.get(i).width()));
    }
    return images;
  }

  private static Model model(DetectorGolden.Detections expected, Resizing resizing) {
    var architecture = Zoo.find(expected.name());
    var input = expected.name().startsWith("ssd") ? architecture.input() : Shape.image(160, 224, 3);
    Network network = architecture.network(input, DetectorGolden.CLASSES);
    var described =
        architecture.detecting(
            new Model(
                network,
                DetectorGolden.weights(
                    network.graph(), expected.exponents(), DetectorGolden.Passing.NONE),
                Task.VALUES,
                List.of(),
                stride.image.Preprocessing.none(input)),
            List.of());
    return described.withMethod(
        resizing((DetectionMethod) described.method(), resizing), List.of());
  }

  private static DetectionMethod resizing(DetectionMethod method, Resizing resizing) {
    return switch (method) {
      case RetinaNetMethod m ->
          new RetinaNetMethod(resizing, m.anchors(), m.suppression(), m.candidates(), m.limits());
      case FcosMethod m ->
          new FcosMethod(resizing, m.places(), m.suppression(), m.candidates(), m.limits());
      case FasterRcnnMethod m ->
          new FasterRcnnMethod(
              resizing,
              m.anchors(),
              m.proposals(),
              m.features(),
              m.suppression(),
              m.limits(),
              m.firstLabel());
      default -> method;
    };
  }

  private static void assertSame(
      List<DetectorGolden.Found> expected, List<Detection> found, Shape size, String what) {
    assertEquals(expected.size(), found.size(), what + ": " + found);
    var ordered = new ArrayList<>(expected);
    for (int i = 0; i < found.size(); i++) {
      if (i + 1 < ordered.size()
          && ordered.get(i).score() - ordered.get(i + 1).score() < SAME_SCORE
          && Math.abs(ordered.get(i).corners()[0] - found.get(i).left())
              > Math.abs(ordered.get(i + 1).corners()[0] - found.get(i).left())) {
        Collections.swap(ordered, i, i + 1);
      }
      var box = ordered.get(i);
      var own = found.get(i);
      String where = "%s, box %d: expected %s, found %s".formatted(what, i, box, own);
      assertEquals(box.label(), own.label(), where);
      assertEquals(box.score(), own.score(), OF_A_SCORE, where);
      double x = OF_THE_PICTURE * size.width();
      double y = OF_THE_PICTURE * size.height();
      assertEquals(box.corners()[0], own.left(), x, where);
      assertEquals(box.corners()[1], own.top(), y, where);
      assertEquals(box.corners()[2], own.right(), x, where);
      assertEquals(box.corners()[3], own.bottom(), y, where);
    }
  }
}
