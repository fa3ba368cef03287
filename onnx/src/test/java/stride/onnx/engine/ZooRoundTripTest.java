package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.layer.normalization.FrozenBatchNorm;
import stride.network.Model;
import stride.onnx.export.OnnxExport;
import stride.onnx.export.ZooModel;
import stride.onnx.graph.GraphReader;
import stride.onnx.proto.OnnxFile;
import stride.zoo.Architecture;
import stride.zoo.Zoo;

/** Networks of the zoo that were written as ONNX files and read again give the same numbers. */
class ZooRoundTripTest {
  /** Of the largest value of an output; the layers are the same, their names may be others. */
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "resnet18", "mobilenet_v3_small", "shufflenet_v2_x0_5"})
  void aFewComeBack(String name) throws IOException {
    check(name, OnnxExport.standard());
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("names")
  void allComeBack(String name) throws IOException {
    check(name, OnnxExport.standard());
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("names")
  void allComeBackFromOldOperators(String name) throws IOException {
    check(name, OnnxExport.standard().opset(OnnxExport.OLDEST).batch(3));
  }

  static Stream<String> names() {
    // Group norm of a map of one pixel, FCOS's smallest here, is not recognised yet.
    return Zoo.all().stream().map(Architecture::name).filter(name -> !name.startsWith("fcos"));
  }

  /** Scales and shifts of frozen batch norm. */
  private static long frozen(Graph graph) {
    return graph.nodes().stream()
        .filter(node -> node.operation() instanceof FrozenBatchNorm)
        .mapToLong(node -> 2L * node.output().shape().channels())
        .sum();
  }

  private static void check(String name, OnnxExport export) throws IOException {
    var made = ZooModel.of(name);
    byte[] bytes = OnnxFile.bytes(export.message(made.model()));
    Model read =
        NetworkReader.read(
            GraphReader.read(ByteBuffer.wrap(bytes), name + ".onnx"),
            InputShapes.OF_FILE,
            Path.of(name + ".onnx"));
    assertEquals(made.model().network().input(), read.network().input());
    // A file does not say that batch norm is frozen: its scales and shifts come back as parameters.
    assertEquals(
        made.model().network().parameters() + frozen(made.model().network().graph()),
        read.network().parameters());
    for (int i = 0; i < made.images().size(); i++) {
      var outputs = read.outputs(made.images().get(i), Engine.shared());
      for (var expected : made.outputs().get(i).entrySet()) {
        float[] own = expected.getValue().data();
        float[] found = outputs.get(expected.getKey()).data();
        assertEquals(own.length, found.length, expected.getKey());
        double bound = TOLERANCE * ZooModel.largest(own);
        for (int k = 0; k < own.length; k++) {
          assertEquals(own[k], found[k], bound, "%s, value %d".formatted(expected.getKey(), k));
        }
      }
    }
  }
}
