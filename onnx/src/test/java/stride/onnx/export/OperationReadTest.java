package stride.onnx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.image.Preprocessing;
import stride.layer.Layer;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.onnx.engine.InputShapes;
import stride.onnx.engine.NetworkReader;
import stride.onnx.graph.GraphReader;
import stride.onnx.proto.OnnxFile;
import stride.tensor.Shape;

/** Each operation, written for each version of operators and read again, is a layer as before. */
class OperationReadTest {
  private static final double TOLERANCE = 1e-5;
  private static final Shape IMAGE = Shape.image(9, 11, 6);

  /** Norms without weights, which some of ONNX's operators have always: they come back as ones. */
  private static final Set<String> GET_WEIGHTS =
      Set.of(
          "group norm without weights",
          "instance norm",
          "layer norm without weights",
          "layer norm per pixel without weights");

  /** What is written as nodes that the engine does not compute. */
  private static final Set<String> LEFT =
      Set.of("local response norm, even", "softplus with a threshold");

  static Stream<Arguments> cases() {
    return OperationExportTest.cases().filter(of -> !LEFT.contains(of.get()[0].toString()));
  }

  @ParameterizedTest(name = "{0}, opset {1}")
  @MethodSource("cases")
  void itsWeightsAreLearnedAsBefore(String name, int opset, Layer layer) throws IOException {
    var network = Network.of(IMAGE, layer);
    var model =
        new Model(
            network,
            GeneratedWeights.of(network.graph(), 1),
            Task.VALUES,
            List.of(),
            Preprocessing.none(network.input()));
    byte[] bytes = OnnxFile.bytes(OnnxExport.standard().opset(opset).message(model));
    var read =
        NetworkReader.read(
            GraphReader.read(ByteBuffer.wrap(bytes), "written.onnx"),
            InputShapes.OF_FILE,
            Path.of("written.onnx"));
    if (!GET_WEIGHTS.contains(name)) {
      assertEquals(network.parameters(), read.network().parameters(), "parameters");
    }
    for (var image : GeneratedWeights.images(IMAGE, 2)) {
      var found = read.outputs(image);
      model
          .outputs(image)
          .forEach(
              (output, expected) -> {
                float[] values = found.get(output).data();
                assertEquals(expected.data().length, values.length, output);
                double bound = TOLERANCE * ZooModel.largest(expected.data());
                for (int i = 0; i < values.length; i++) {
                  assertEquals(expected.data()[i], values[i], bound, output + ", value " + i);
                }
              });
    }
  }
}
