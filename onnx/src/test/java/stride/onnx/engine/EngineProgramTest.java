package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.onnx.OnnxProgram;
import stride.onnx.export.SharedModels;
import stride.onnx.export.ZooModel;
import stride.onnx.tensor.OnnxTensor;

/** Files that others have made, with their float work on the engine, against ONNX Runtime. */
@Tag("slow")
class EngineProgramTest {
  /** Of the largest value of an output. */
  private static final double TOLERANCE = 1e-3;

  /** ONNX Runtime's sigmoid is not more exact near 0. */
  private static final double SIGMOID = 1.2e-7;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "deeplabv3-mobilenetv2-tf2onnx-opset9",
        "face-rfb320-opset9",
        "face-yunet-opset11",
        "fastestdet-opset11",
        "keywords-fp32-opset15",
        "mnist-cntk-opset8",
        "mnist-pytorch-opset9",
        "portrait-sinet-opset12",
        "selfie-tf2onnx-opset9",
        "style-mosaic-8-channels",
        "super-resolution-opset10",
        "text-direction-paddle-opset11",
        "yolox-nano-opset11"
      })
  void theEngineGivesTheSame(String name) throws IOException {
    var program = OnnxProgram.load(SharedModels.folder().resolve("models/%s.onnx".formatted(name)));
    for (var golden : goldens(name).entrySet()) {
      var inputs = tensors(golden.getValue(), "in");
      var engine = EngineProgram.of(program.graph(), inputs);
      assertNotNull(engine, "nothing of it runs on the engine");
      var found = engine.run(inputs, Engine.shared());
      for (var expected : tensors(golden.getValue(), "out").entrySet()) {
        var output = found.get(expected.getKey());
        assertArrayEquals(expected.getValue().shape(), output.shape(), expected.getKey());
        float[] numbers = expected.getValue().floats();
        double bound = Math.max(TOLERANCE * ZooModel.largest(numbers), SIGMOID);
        for (int i = 0; i < numbers.length; i++) {
          assertEquals(
              numbers[i],
              output.floats()[i],
              bound,
              "%s: %s, value %d".formatted(golden.getKey(), expected.getKey(), i));
        }
      }
    }
  }

  /** The lines of a file's cases: case, tensor, name, shape, file. */
  private static Map<String, List<String[]>> goldens(String name) throws IOException {
    var goldens = new LinkedHashMap<String, List<String[]>>();
    for (var line : Files.readAllLines(SharedModels.folder().resolve("golden/manifest.tsv"))) {
      var columns = line.split("\t");
      if (columns[0].startsWith(name + ".")) {
        goldens.computeIfAbsent(columns[0], _ -> new ArrayList<>()).add(columns);
      }
    }
    return goldens;
  }

  private static Map<String, OnnxTensor> tensors(List<String[]> lines, String kind)
      throws IOException {
    var tensors = new LinkedHashMap<String, OnnxTensor>();
    for (var columns : lines) {
      if (columns[1].startsWith(kind)) {
        var bytes = Files.readAllBytes(SharedModels.folder().resolve("golden/" + columns[4]));
        var floats = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        int[] shape =
            Arrays.stream(columns[3].replaceAll("[\\[\\] ]", "").split(","))
                .filter(size -> !size.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        tensors.put(columns[2], OnnxTensor.of(shape, floats));
      }
    }
    return tensors;
  }
}
