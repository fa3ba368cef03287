package stride.onnx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.onnx.evaluate.Evaluator;
import stride.onnx.graph.GraphReader;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxValue;
import stride.onnx.proto.OnnxFile;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.zoo.Architecture;
import stride.zoo.Zoo;

/** What ONNX Runtime computes of the zoo's networks, written as ONNX files, against Stride. */
@Tag("slow")
class ZooExportTest {
  /** Of the largest value of an output. */
  private static final double TOLERANCE = 1e-4;

  private static final double OF_DOUBLES = 1e-5;

  static Stream<String> names() {
    return Zoo.all().stream().map(Architecture::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void onnxRuntimeComputesTheSame(String name) {
    var made = ZooModel.of(name);
    var shape = made.model().network().input();
    var images = made.images();
    var expected = made.outputs();
    try (var runtime = new Runtime(OnnxExport.standard().message(made.model()))) {
      for (int batch : new int[] {1, 3}) {
        for (int from = 0; from < 3; from += batch) {
          check(
              expected.subList(from, from + batch),
              runtime.run(
                  "input",
                  planes(shape, images.subList(from, from + batch)),
                  batch,
                  shape.channels(),
                  shape.height(),
                  shape.width()));
        }
      }
    }
  }

  /** All in double, from the input to the outputs: what every program in floats only comes near. */
  @ParameterizedTest
  @ValueSource(strings = {"ssdlite320_mobilenet_v3_large", "mobilenet_v3_small", "resnet18"})
  void doublesGiveTheSame(String name) throws IOException {
    var made = ZooModel.of(name);
    var file = OnnxFile.bytes(OnnxExport.standard().message(made.model()));
    var evaluator = Evaluator.of(inDouble(GraphReader.read(ByteBuffer.wrap(file), name)));
    var shape = made.model().network().input();
    for (int n = 0; n < made.images().size(); n++) {
      float[] values = planes(shape, made.images().subList(n, n + 1));
      int[] sizes = {1, shape.channels(), shape.height(), shape.width()};
      var input = OnnxTensor.of(sizes, OnnxTensor.of(sizes, values).reals());
      var expected = evaluator.run(Map.of("input", input));
      for (var output : made.outputs().get(n).entrySet()) {
        float[] found = planes(output.getValue().shape(), List.of(output.getValue()));
        double[] exact = expected.get(output.getKey()).doubles();
        double bound = OF_DOUBLES * ZooModel.largest(found);
        for (int i = 0; i < found.length; i++) {
          assertEquals(exact[i], found[i], bound, "value %d of %s".formatted(i, output.getKey()));
        }
      }
    }
  }

  /** A graph whose floats are doubles. */
  private static OnnxGraph inDouble(OnnxGraph graph) {
    var constants = new LinkedHashMap<String, OnnxTensor>();
    graph
        .constants()
        .forEach(
            (name, tensor) ->
                constants.put(
                    name,
                    tensor.type() == ElementType.FLOAT
                        ? OnnxTensor.of(tensor.shape(), tensor.reals())
                        : tensor));
    return new OnnxGraph(
        graph.name(),
        graph.inputs().stream()
            .map(input -> new OnnxValue(input.name(), null, input.shape()))
            .toList(),
        graph.outputs(),
        constants,
        graph.nodes(),
        Map.of(),
        graph.metadata());
  }

  private static float[] planes(Shape shape, List<Tensor> images) {
    var planes = new float[images.size() * shape.elements()];
    for (int n = 0; n < images.size(); n++) {
      Planes.toPlanes(shape, images.get(n).data(), planes, n * shape.elements());
    }
    return planes;
  }

  private static void check(List<Map<String, Tensor>> expected, Map<String, float[]> found) {
    assertEquals(expected.getFirst().keySet(), found.keySet());
    for (String name : found.keySet()) {
      var shape = expected.getFirst().get(name).shape();
      float[] planes = planes(shape, expected.stream().map(outputs -> outputs.get(name)).toList());
      float[] values = found.get(name);
      assertEquals(planes.length, values.length, name);
      double bound = TOLERANCE * ZooModel.largest(planes);
      for (int i = 0; i < values.length; i++) {
        assertEquals(planes[i], values[i], bound, "value %d of %s".formatted(i, name));
      }
    }
  }
}
