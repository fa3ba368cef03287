package stride.onnx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.onnx.proto.Samples.graph;
import static stride.onnx.proto.Samples.model;
import static stride.onnx.proto.Samples.node;
import static stride.onnx.proto.Samples.value;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import stride.format.FormatException;
import stride.network.Model;
import stride.onnx.graph.GraphReader;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.OnnxFile;

/** A model's outputs are logits. */
class LastLogSoftmaxTest {
  private static Model read(int opset, long axis) throws IOException {
    var attribute = AttributeProto.of("axis", axis);
    var file =
        model(
            opset,
            graph(
                List.of(
                    node("Relu", List.of("x"), "r"),
                    node("LogSoftmax", List.of("r"), "y", attribute)),
                List.of(value("x", -1, 5)),
                List.of(value("y", -1, 5))));
    var graph = GraphReader.read(ByteBuffer.wrap(OnnxFile.bytes(file)), "m.onnx");
    return NetworkReader.read(graph, InputShapes.OF_FILE, Path.of("m.onnx"));
  }

  @Test
  void itIsLeftOut() throws IOException {
    for (int opset : new int[] {11, 13}) {
      for (long axis : new long[] {1, -1}) {
        var nodes = read(opset, axis).network().graph().nodes();
        assertEquals(List.of("relu"), nodes.stream().map(node -> node.operation().kind()).toList());
      }
    }
  }

  @Test
  void ofSamplesItIsRefused() {
    String message = assertThrows(FormatException.class, () -> read(13, 0)).getMessage();
    assertTrue(message.contains("LogSoftmax"), message);
  }
}
