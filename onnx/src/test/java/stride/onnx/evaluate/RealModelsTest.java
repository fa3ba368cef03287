package stride.onnx.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import stride.onnx.OnnxProgram;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Networks of other people give ONNX Runtime's numbers; where the shared data are. */
@Tag("slow")
final class RealModelsTest {
  /** ImageNet's class of the Samoyed, a dog. */
  private static final int SAMOYED = 258;

  private static final String KEYWORDS = "serving_default_input:0";

  /** What Caffe's networks take off blue, green and red. */
  private static final double[] CAFFE_MEANS = {103.939, 116.779, 123.68};

  /**
   * ONNX Runtime's sigmoid is a fraction plus 0.5, exact to a float's step at 1: its values near 0
   * are that far off.
   */
  private static final double SIGMOID_STEP = 0x1p-23;

  private static Path shared() {
    Path shared = Cases.shared("onnx").orElse(null);
    Assumptions.assumeTrue(shared != null, "there are no shared/data/onnx here");
    return shared;
  }

  @Test
  void goldensAreEqual() throws IOException {
    for (var golden : RealModels.goldens(shared())) {
      Map<String, OnnxTensor> found = OnnxProgram.load(golden.model()).run(golden.inputs());
      golden
          .outputs()
          .forEach(
              (name, expected) -> {
                double largest = 0;
                for (int i = 0; i < expected.size(); i++) {
                  largest = Math.max(largest, Math.abs(expected.real(i)));
                }
                double difference = RealModels.difference(expected, found.get(name)) * largest;
                assertTrue(
                    difference <= 1e-4 * largest + SIGMOID_STEP,
                    "%s, %s: %.2e of %.2e".formatted(golden, name, difference, largest));
              });
    }
  }

  /** The nine architectures of ONNX's tests: all weights are alike, and so are the inputs. */
  @Test
  void lightModelsAreEqual() throws IOException {
    Path light = shared().resolve("light");
    List<Path> models;
    try (Stream<Path> files = Files.list(light)) {
      models = files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
    assertEquals(9, models.size());
    for (Path file : models) {
      var program = OnnxProgram.load(file);
      Map<String, OnnxTensor> inputs = new HashMap<>();
      program.inputs().forEach(input -> inputs.put(input.name(), ramp()));
      OnnxTensor found = program.run(inputs).values().iterator().next();
      OnnxTensor expected = Cases.tensor(Path.of(file.toString().replace(".onnx", "_output_0.pb")));
      assertEquals("", Cases.difference(expected, found), file.getFileName().toString());
    }
  }

  private static OnnxTensor ramp() {
    var values = new float[3 * 224 * 224];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) i / values.length;
    }
    return OnnxTensor.of(new int[] {1, 3, 224, 224}, values);
  }

  @Test
  void squeezeNetInHalfPrecisionNamesTheSamoyed() throws IOException {
    Path model = shared().resolve("models/squeezenet-fp16-opset7.onnx");
    Path photo = Cases.shared("imagenet").orElseThrow().resolve("samoyed_224.png");
    BufferedImage image = ImageIO.read(photo.toFile());
    OnnxTensor x = OnnxTensor.zeros(ElementType.FLOAT16, 1, 3, 224, 224);
    for (int i = 0; i < x.size(); i++) {
      int c = i / (224 * 224);
      int pixel = image.getRGB(i % 224, i / 224 % 224) >> 8 * c & 0xFF;
      x.put(i, pixel - CAFFE_MEANS[c]);
    }
    var program = OnnxProgram.load(model);
    OnnxTensor y = program.run(Map.of("data_0", x)).get("softmaxout_1");
    int best = 0;
    for (int i = 0; i < y.size(); i++) {
      best = y.real(i) > y.real(best) ? i : best;
    }
    assertEquals(SAMOYED, best);
    assertTrue(y.real(best) > 0.9, "only " + y.real(best));
  }

  /**
   * A network of integers, written in two ways: the same bits as ONNX Runtime's without its
   * optimiser, which replaces the last softmax by one that is a step off.
   */
  @Test
  void integersAreExact() throws Exception {
    for (String form : List.of("qdq", "qoperator")) {
      Path model = shared().resolve("models/keywords-int8-%s-opset15.onnx".formatted(form));
      var program = OnnxProgram.load(model);
      var environment = OrtEnvironment.getEnvironment();
      try (var options = new OrtSession.SessionOptions()) {
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        try (var session = environment.createSession(model.toString(), options)) {
          for (int n = 0; n < 21; n++) {
            float[] values = spectrogram(n);
            OnnxTensor found =
                program
                    .run(Map.of(KEYWORDS, OnnxTensor.of(new int[] {1, values.length}, values)))
                    .values()
                    .iterator()
                    .next();
            try (var x =
                    ai.onnxruntime.OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(values), new long[] {1, values.length});
                var y = session.run(Map.of(KEYWORDS, x))) {
              float[][] expected = (float[][]) y.get(0).getValue();
              assertArrayEquals(expected[0], found.floats(), form + " " + n);
            }
          }
        }
      }
    }
  }

  /** Noise, from soft to loud. */
  private static float[] spectrogram(int seed) {
    var random = new SplittableRandom(seed);
    var values = new float[1960];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.scalb(1.0, seed % 7 - 3));
    }
    return values;
  }
}
