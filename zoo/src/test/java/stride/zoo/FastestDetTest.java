package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.detection.Detector;
import stride.engine.Engine;
import stride.graph.WeightTable;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Task;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** FastestDet against PyTorch's numbers, and those of its published weights. */
final class FastestDetTest {
  private static final int CLASSES = 7;
  private static final double TOLERANCE = 1e-4;

  private static final Architecture FASTESTDET = Zoo.find("fastestdet");

  @Test
  void hasTheTensorsOfItsFile() {
    var network = FASTESTDET.network();
    assertEquals(244_490, network.parameters());
    var table = WeightTable.of(network.graph());
    long values = 0;
    for (var entry : table.weights()) {
      values += entry.parameter().shape().elements();
    }
    for (var entry : table.statistics()) {
      values += entry.statistic().counter() ? 1 : entry.statistic().length();
    }
    assertEquals(252_938, values);
    assertEquals(420, table.weights().size() + table.statistics().size());
  }

  /**
   * {@code tools/golden/fastestdet_outputs.py} made the numbers; two sizes, alone and as a batch.
   */
  @Test
  void outputsAreThoseOfPyTorch() {
    var golden = Golden.paragraphs("fastestdet.txt.gz").entrySet().iterator().next();
    var exponents = DetectorGolden.exponents(golden.getKey());
    var lines = golden.getValue();
    try (var engine = Engine.withThreads(2)) {
      for (int at = 0; at < lines.size(); at += 4) {
        var size = lines.get(at).split(" ");
        var shape = Shape.image(Integer.parseInt(size[1]), Integer.parseInt(size[2]), 3);
        var network = FASTESTDET.network(shape, CLASSES);
        var model =
            new Model(
                network,
                DetectorGolden.weights(network.graph(), exponents, DetectorGolden.Passing.NONE),
                Task.BOXES,
                List.of(),
                Preprocessing.none(shape));
        List<Tensor> images = Golden.images(1, shape);
        var batch = model.logits(images, engine);
        for (int n = 0; n < images.size(); n++) {
          double[] expected = Golden.numbers(lines.get(at + 1 + n));
          assertClose(expected, model.logits(images.get(n)).data());
          assertClose(expected, batch.get(n).data());
        }
      }
    }
  }

  private static void assertClose(double[] expected, float[] outputs) {
    assertEquals(expected.length, outputs.length);
    for (int i = 0; i < outputs.length; i++) {
      assertEquals(expected[i], outputs[i], TOLERANCE, "number " + i);
    }
  }

  /** ONNX Runtime's outputs for a photograph, (5 + classes, H, W). */
  @Test
  void publishedWeightsGiveTheNumbersOfOnnxRuntime() throws IOException {
    var model = published();
    float[] picture = floats("onnx/golden/fastestdet-opset11.photo.in0.f32");
    float[] expected = floats("onnx/golden/fastestdet-opset11.photo.out0.f32");
    var shape = model.network().input();
    float[] outputs = model.logits(new Tensor(shape, pixelsOutside(picture, 3))).data();
    float[] wanted = pixelsOutside(expected, 85);
    for (int i = 0; i < outputs.length; i++) {
      assertEquals(wanted[i], outputs[i], TOLERANCE, "number " + i);
    }
  }

  /** (C, H, W) as (H, W, C). */
  private static float[] pixelsOutside(float[] values, int channels) {
    var turned = new float[values.length];
    int pixels = values.length / channels;
    for (int i = 0; i < values.length; i++) {
      turned[i % pixels * channels + i / pixels] = values[i];
    }
    return turned;
  }

  /** Four people in a meadow; PyTorch's boxes with OpenCV's resizing, to a pixel. */
  @Test
  void findsThePeopleOfThePicture(@TempDir Path folder) throws IOException {
    var file = folder.resolve("fastestdet.safetensors");
    published().save(file);
    var detector = Detector.of(Model.load(file)).minScore(0.7);
    var found = detector.detect(shared("detection/fastestdet/street.jpg"));
    double[][] people = {
      {40.7, 62.5, 178, 294.2, 0.901},
      {288.9, 141.9, 482.5, 297, 0.895},
      {159.1, 136.2, 255.9, 265.5, 0.806},
      {231.3, 138.8, 322.5, 277.4, 0.781}
    };
    assertEquals(people.length, found.size());
    for (int i = 0; i < people.length; i++) {
      var one = found.get(i);
      assertEquals("person", detector.name(one));
      assertEquals(people[i][0], one.left(), 1);
      assertEquals(people[i][1], one.top(), 1);
      assertEquals(people[i][2], one.right(), 1);
      assertEquals(people[i][3], one.bottom(), 1);
      assertEquals(people[i][4], one.score(), 0.01);
    }
  }

  /** Every second pixel of a row, and the middle between two: OpenCV's weights are halves. */
  @Test
  void picturesAreInterpolatedAsOpenCvDoes() {
    var wide = new Pixels(1, 4, 1, new byte[] {10, 20, 40, (byte) 200});
    assertEquals(
        List.of(15, 120), bytes(wide.interpolate(1, 2)), "the means of two neighbours each");
    assertEquals(
        List.of(10, 13, 18, 25, 35, 80, 160, 200),
        bytes(wide.interpolate(1, 8)),
        "a quarter of the way from pixel to pixel");
  }

  private static List<Integer> bytes(Pixels pixels) {
    var list = new ArrayList<Integer>();
    for (byte value : pixels.data()) {
      list.add(value & 0xFF);
    }
    return list;
  }

  @Test
  void aHeadForOtherClassesIsFresh() throws IOException {
    var weights = shared("detection/fastestdet/fastestdet_coco.pth");
    var model = FASTESTDET.loadWithNewHead(weights, List.of("a", "b", "c"), 1);
    assertEquals(Shape.image(22, 22, 8), model.network().output());
    assertEquals(List.of("a", "b", "c"), model.labels());
    assertTrue(Detector.of(model).limits().minScore() > 0);
  }

  private static Model published() throws IOException {
    return FASTESTDET.load(shared("detection/fastestdet/fastestdet_coco.pth"));
  }

  private static float[] floats(String file) throws IOException {
    var buffer =
        ByteBuffer.wrap(Files.readAllBytes(shared(file)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    var values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  private static Path shared(String file) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path data = folder.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        return data.resolve(file);
      }
    }
    assumeTrue(false, "skipped: ../shared/data is not there, nor " + file + " in it");
    throw new AssertionError("not reached");
  }
}
