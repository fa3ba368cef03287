package stride.onnx.evaluate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import stride.onnx.tensor.OnnxTensor;

/** Networks of other people, with inputs and what ONNX Runtime makes of them. */
final class RealModels {
  private RealModels() {}

  /**
   * Inputs and expected outputs of one model.
   *
   * @param model the model's file
   * @param inputs the inputs by name
   * @param outputs the expected outputs by name
   */
  record Golden(Path model, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
    @Override
    public String toString() {
      return model.getFileName().toString();
    }
  }

  /** Returns all goldens of the folder "onnx" of the shared data. */
  static List<Golden> goldens(Path onnx) throws IOException {
    var goldens = new LinkedHashMap<String, Golden>();
    Path folder = onnx.resolve("golden");
    for (String line : Files.readAllLines(folder.resolve("manifest.tsv"))) {
      String[] cells = line.split("\t");
      if (cells[0].equals("case")) {
        continue;
      }
      String name = cells[0].substring(0, cells[0].lastIndexOf('.'));
      Golden golden =
          goldens.computeIfAbsent(
              cells[0],
              key ->
                  new Golden(
                      onnx.resolve("models").resolve(name + ".onnx"),
                      new HashMap<>(),
                      new LinkedHashMap<>()));
      (cells[1].startsWith("in") ? golden.inputs : golden.outputs)
          .put(cells[2], floats(folder.resolve(cells[4]), shape(cells[3])));
    }
    return new ArrayList<>(goldens.values());
  }

  private static int[] shape(String text) {
    String[] numbers = text.replaceAll("[\\[\\] ]", "").split(",");
    var shape = new int[numbers.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = Integer.parseInt(numbers[i]);
    }
    return shape;
  }

  private static OnnxTensor floats(Path file, int[] shape) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    var floats = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(floats);
    return OnnxTensor.of(shape, floats);
  }

  /** Returns the largest difference of two tensors over the largest value. */
  static double difference(OnnxTensor expected, OnnxTensor found) {
    if (expected.size() != found.size()) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.real(i)));
      double one = Math.abs(expected.real(i) - found.real(i));
      difference = Double.isNaN(one) ? Double.POSITIVE_INFINITY : Math.max(difference, one);
    }
    return difference / largest;
  }
}
