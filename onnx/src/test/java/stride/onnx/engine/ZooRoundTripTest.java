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
    return Zoo.all().stream().map(Architecture::name);
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
    assertEquals(made.model().network().parameters(), read.network().parameters());
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
