package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.onnx.Onnx;
import stride.onnx.export.ZooModel;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.zoo.Zoo;

/**
 * Torchvision's classifiers as PyTorch exports them, with opsets 7 to 17, against what PyTorch
 * computes. Needs Debian's python3-torchvision and python3-onnx, or a folder of exports that
 * tools/golden/onnx_exports.py has made, named with -Dstride.exports=FOLDER.
 */
@Tag("slow")
class TorchExportsTest {
  /** Of the largest logit. */
  private static final double TOLERANCE = 1e-4;

  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path SCRIPT = Path.of("../tools/golden/onnx_exports.py");

  /** The names of torchvision's classifiers in the zoo. */
  static Stream<String> names() {
    return Zoo.all().stream()
        .filter(network -> network.classes() == 1000 && network.detector() == null)
        .map(network -> network.name())
        .filter(name -> !name.equals("alexnet_2012") && !name.startsWith("plain"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void theNumbersArePyTorchs(String name, @TempDir Path made) throws Exception {
    String given = System.getProperty("stride.exports");
    var folder = given == null ? made : Path.of(given);
    if (given == null) {
      assumeTrue(export(name, made), "no PyTorch that exports is installed");
    }
    assumeTrue(Files.exists(folder.resolve(name + ".onnx")), "no export of it is there");
    var model = Onnx.load(folder.resolve(name + ".onnx"));
    var shape = model.network().input();
    float[] images = floats(folder.resolve(name + ".in.f32"));
    float[] logits = floats(folder.resolve(name + ".out.f32"));
    double largest = ZooModel.largest(logits);
    int classes = logits.length / 2;
    double apart = 0;
    for (int n = 0; n < 2; n++) {
      var output = model.logits(image(shape, images, n * shape.elements()));
      for (int i = 0; i < classes; i++) {
        assertEquals(
            logits[n * classes + i],
            output.data()[i],
            TOLERANCE * largest,
            "logit %d of image %d".formatted(i, n));
        apart = Math.max(apart, Math.abs(logits[i] - logits[classes + i]));
      }
    }
    assertTrue(apart > 0.01 * largest, "images hardly differ");
  }

  /** Makes an export of a network; false if there is no PyTorch here. */
  static boolean export(String name, Path folder) throws Exception {
    if (!Files.isExecutable(PYTHON)) {
      return false;
    }
    var imports = new ProcessBuilder(PYTHON.toString(), "-c", "import torchvision, onnx");
    if (imports.redirectErrorStream(true).start().waitFor() != 0) {
      return false;
    }
    var command =
        List.of(PYTHON.toString(), "-W", "ignore", SCRIPT.toString(), folder.toString(), name);
    var process = new ProcessBuilder(command).inheritIO().start();
    assertTrue(process.waitFor(10, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue());
    return true;
  }

  private static float[] floats(Path file) throws IOException {
    var buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    var floats = new float[buffer.remaining() / Float.BYTES];
    buffer.asFloatBuffer().get(floats);
    return floats;
  }

  private static Tensor image(Shape shape, float[] planes, int from) {
    var image = new float[shape.elements()];
    int pixels = shape.height() * shape.width();
    for (int i = 0; i < image.length; i++) {
      image[i] = planes[from + i % shape.channels() * pixels + i / shape.channels()];
    }
    return new Tensor(shape, image);
  }
}
