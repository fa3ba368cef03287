package stride.onnx.evaluate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import stride.onnx.graph.GraphReader;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.TensorProto;
import stride.onnx.tensor.ExternalData;
import stride.onnx.tensor.OnnxTensor;
import stride.onnx.tensor.Tensors;

/** Test cases in the form of ONNX's own: a model, and files of its inputs and outputs. */
final class Cases {
  private static final double RELATIVE = 1e-3;
  private static final double ABSOLUTE = 1e-7;

  private Cases() {}

  /** Returns a folder of the shared data, where there is one. */
  static Optional<Path> shared(String name) {
    Path here = Path.of("").toAbsolutePath();
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      Path data = folder.resolve("shared/data").resolve(name);
      if (Files.isDirectory(data)) {
        return Optional.of(data);
      }
    }
    return Optional.empty();
  }

  /** Returns the folders below one that hold a case each. */
  static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.getFileName().toString().equals("model.onnx"))
          .map(Path::getParent)
          .sorted()
          .toList();
    }
  }

  /** Runs a case; returns what is wrong, or "". */
  static String fault(Path folder) {
    try {
      OnnxGraph graph = GraphReader.read(folder.resolve("model.onnx"));
      var evaluator = Evaluator.of(graph);
      var folded = Evaluator.of(Folding.fold(graph));
      String fault = "";
      for (int set = 0; Files.isDirectory(folder.resolve("test_data_set_" + set)); set++) {
        Path data = folder.resolve("test_data_set_" + set);
        Map<String, OnnxTensor> inputs = new HashMap<>();
        for (int i = 0; Files.exists(data.resolve("input_" + i + ".pb")); i++) {
          inputs.put(graph.inputs().get(i).name(), tensor(data.resolve("input_" + i + ".pb")));
        }
        for (var runner : List.of(evaluator, folded)) {
          Map<String, OnnxTensor> outputs = runner.run(inputs);
          for (int i = 0; Files.exists(data.resolve("output_" + i + ".pb")); i++) {
            OnnxTensor expected = tensor(data.resolve("output_" + i + ".pb"));
            OnnxTensor found = outputs.get(graph.outputs().get(i).name());
            fault += difference(expected, found);
          }
        }
      }
      return fault;
    } catch (IOException | RuntimeException | StackOverflowError e) {
      return e.toString();
    }
  }

  static OnnxTensor tensor(Path file) throws IOException {
    TensorProto proto = OnnxFile.readTensor(file);
    return Tensors.read(proto, ExternalData.none(file.toString()));
  }

  /** Compares by the tolerance of the standard's own runner; returns "" if all is equal. */
  static String difference(OnnxTensor expected, OnnxTensor found) {
    if (expected.type() != found.type() || !Arrays.equals(expected.shape(), found.shape())) {
      return "%s instead of %s; ".formatted(found, expected);
    }
    int wrong = 0;
    String first = "";
    for (int i = 0; i < expected.size(); i++) {
      boolean equal =
          switch (expected.type()) {
            case STRING -> expected.texts()[i].equals(found.texts()[i]);
            default ->
                expected.type().isReal()
                    ? near(expected.real(i), found.real(i))
                    : expected.longs()[i] == found.longs()[i];
          };
      if (!equal && wrong++ == 0) {
        first =
            expected.type().isReal() || expected.type().isInteger()
                ? "%s at %d instead of %s".formatted(found.real(i), i, expected.real(i))
                : "another value at " + i;
      }
    }
    return wrong == 0 ? "" : "%d of %d wrong: %s; ".formatted(wrong, expected.size(), first);
  }

  private static boolean near(double expected, double found) {
    return Double.compare(expected, found) == 0
        || expected == found
        || Math.abs(expected - found) <= ABSOLUTE + RELATIVE * Math.abs(expected);
  }
}
