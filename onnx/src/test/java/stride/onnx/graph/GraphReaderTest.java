package stride.onnx.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.onnx.proto.Samples.floats;
import static stride.onnx.proto.Samples.graph;
import static stride.onnx.proto.Samples.model;
import static stride.onnx.proto.Samples.node;
import static stride.onnx.proto.Samples.value;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FormatException;
import stride.onnx.evaluate.Evaluator;
import stride.onnx.evaluate.Folding;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.FunctionProto;
import stride.onnx.proto.ModelProto;
import stride.onnx.proto.NodeProto;
import stride.onnx.proto.OnnxFile;
import stride.onnx.proto.OperatorSetIdProto;
import stride.onnx.proto.Samples;
import stride.onnx.proto.StringStringEntryProto;
import stride.onnx.proto.TensorProto;
import stride.onnx.tensor.OnnxTensor;

final class GraphReaderTest {
  @TempDir Path folder;

  private static OnnxGraph read(ModelProto model) throws IOException {
    return GraphReader.read(ByteBuffer.wrap(OnnxFile.bytes(model)), "m.onnx");
  }

  private static String refusal(ModelProto model) {
    return assertThrows(FormatException.class, () -> read(model)).getMessage();
  }

  private static float[] run(OnnxGraph graph, float... x) {
    var input = OnnxTensor.of(new int[] {x.length}, x);
    return Evaluator.of(graph).run(Map.of("x", input)).get("y").floats();
  }

  @Test
  void functionsAndBranchesVanish() throws IOException {
    OnnxGraph graph = Folding.fold(read(Samples.everything()));
    assertEquals(
        List.of("Conv", "LeakyRelu", "Add", "Reshape", "Relu", "Identity", "Mul"),
        graph.nodes().stream().map(OnnxNode::operator).toList());
    assertEquals(List.of("x"), graph.inputs().stream().map(OnnxValue::name).toList());
    assertEquals("float[n, 1, 2, 2]", graph.inputs().get(0).description());
    assertEquals(2, graph.outputs().size());
    assertEquals("tests 1", graph.metadata().get("producer"));
    var x = OnnxTensor.of(new int[] {1, 1, 2, 2}, new float[] {1, 0, 0, 0});
    // The kernel's middle, then what lies left, above and left above of it; plus 1, twice, times 3.
    assertArrayEquals(
        new float[] {36, 30, 18, 12, 0, 0, 0, 6},
        Evaluator.of(graph).run(Map.of("x", x)).get("y").floats(),
        1e-6f);
  }

  @Test
  void theStandardsDomainMayBeWrittenOut() throws IOException {
    var relu = new NodeProto("", "Relu", "ai.onnx", "", List.of("x"), List.of("y"), List.of());
    var model =
        model(
            List.of(new OperatorSetIdProto("ai.onnx", 11)),
            graph(List.of(relu), List.of(value("x", 2)), List.of(value("y"))));
    OnnxGraph graph = read(model);
    assertEquals("", graph.nodes().get(0).domain());
    assertEquals(11, graph.nodes().get(0).opset());
    assertArrayEquals(new float[] {0, 2}, run(graph, -1, 2));
  }

  @Test
  void aFileWithoutOpsetIsOfTheFirst() throws IOException {
    var model =
        model(
            List.of(),
            graph(
                List.of(
                    node(
                        "Add",
                        List.of("x", "b"),
                        "y",
                        AttributeProto.of("broadcast", 1),
                        AttributeProto.of("axis", 0))),
                List.of(value("x", 2, 3), value("b", 2)),
                List.of(value("y")),
                floats("b", new long[] {2}, 10, 20)));
    OnnxGraph graph = read(model);
    assertEquals(1, graph.nodes().get(0).opset());
    var x = OnnxTensor.of(new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6});
    assertArrayEquals(
        new float[] {11, 12, 13, 24, 25, 26},
        Evaluator.of(graph).run(Map.of("x", x)).get("y").floats());
  }

  @Test
  void nodesAreSortedAndUselessOnesLeftOut() throws IOException {
    OnnxGraph graph =
        read(
            model(
                13,
                graph(
                    List.of(
                        node("Neg", List.of("t"), "y"),
                        node("NobodyKnows", List.of("x"), "unused"),
                        node("Relu", List.of("x"), "t")),
                    List.of(value("x", 2)),
                    List.of(value("y")))));
    assertEquals(List.of("Relu", "Neg"), graph.nodes().stream().map(OnnxNode::operator).toList());
    assertArrayEquals(new float[] {-0f, -2}, run(graph, -1, 2));
  }

  @Test
  void whatCannotBeIsRefused() {
    var x = List.of(value("x", 2));
    var y = List.of(value("y"));
    assertTrue(
        refusal(
                model(
                    13,
                    graph(
                        List.of(
                            node("Add", List.of("x", "b"), "a"),
                            node("Relu", List.of("a"), "b"),
                            node("Relu", List.of("a"), "y")),
                        x,
                        y)))
            .contains("depend on each other in a circle"));
    assertEquals(
        "m.onnx: the \"Relu\" \"y\" reads \"z\", which nothing gives",
        refusal(model(13, graph(List.of(node("Relu", List.of("z"), "y")), x, y))));
    assertEquals(
        "m.onnx: no node gives the output \"y\"", refusal(model(13, graph(List.of(), x, y))));
    assertEquals(
        "m.onnx: the value \"y\" is given twice",
        refusal(
            model(
                13,
                graph(
                    List.of(node("Relu", List.of("x"), "y"), node("Neg", List.of("x"), "y")),
                    x,
                    y))));
    assertTrue(
        refusal(model(99, graph(List.of(node("Relu", List.of("x"), "y")), x, y)))
            .contains("version 99 of ONNX's operators"));
    assertTrue(
        refusal(model(13, graph(List.of(), x, y, floats("y", new long[] {3}, 1, 2))))
            .contains("which has 12 bytes, but holds 8"));
    assertTrue(
        refusal(model(13, graph(List.of(), x, y, floats("y", new long[] {1L << 40}, 1, 2))))
            .contains("has the dimension 1099511627776"));
  }

  @Test
  void unknownOperatorsAreToldAllAtOnce() throws IOException {
    OnnxGraph graph =
        read(
            model(
                13,
                graph(
                    List.of(
                        node("Wave", List.of("x"), "a"),
                        node("Wave", List.of("a"), "b"),
                        new NodeProto(
                            "last", "Foam", "own", "", List.of("b"), List.of("y"), List.of())),
                    List.of(value("x", 2)),
                    List.of(value("y")))));
    assertEquals(
        "it has operators that Stride does not run: Wave of opset 13 in a, b; own.Foam of opset 1"
            + " in last (docs/onnx.md lists those that it does)",
        assertThrows(IllegalArgumentException.class, () -> Evaluator.of(graph)).getMessage());
  }

  @Test
  void functionsThatCallThemselvesEnd() {
    var call = new NodeProto("", "F", "own", "", List.of("x"), List.of("y"), List.of());
    var endless =
        new FunctionProto(
            "F",
            "own",
            "",
            List.of("x"),
            List.of("y"),
            List.of(),
            List.of(),
            List.of(call),
            List.of());
    assertTrue(
        refusal(
                model(
                    13, graph(List.of(call), List.of(value("x", 2)), List.of(value("y"))), endless))
            .contains("more than 32 deep"));
    // Each calls the next one twice: 2^30 calls.
    var functions = new ArrayList<FunctionProto>();
    for (int i = 0; i < 30; i++) {
      var next = new NodeProto("", "F" + (i + 1), "own", "", List.of("x"), List.of("y"), List.of());
      functions.add(
          new FunctionProto(
              "F" + i,
              "own",
              "",
              List.of("x"),
              List.of("y"),
              List.of(),
              List.of(),
              List.of(next, next),
              List.of()));
    }
    var first = new NodeProto("", "F0", "own", "", List.of("x"), List.of("y"), List.of());
    assertTrue(
        refusal(
                model(
                    13,
                    graph(List.of(first), List.of(value("x", 2)), List.of(value("y"))),
                    functions.toArray(FunctionProto[]::new)))
            .contains("more than 1,000,000 nodes"));
  }

  @Test
  void aFunctionsDefaultsHold() throws IOException {
    var body =
        node(
            "LeakyRelu",
            List.of("a"),
            "b",
            new AttributeProto("alpha", new AttributeProto.Reference("slope")));
    var function =
        new FunctionProto(
            "F",
            "own",
            "",
            List.of("a"),
            List.of("b"),
            List.of(),
            List.of(AttributeProto.of("slope", 0.5f)),
            List.of(body),
            List.of(new OperatorSetIdProto("", 16)));
    var call = new NodeProto("", "F", "own", "", List.of("x"), List.of("y"), List.of());
    OnnxGraph graph =
        read(
            model(13, graph(List.of(call), List.of(value("x", 2)), List.of(value("y"))), function));
    assertEquals(16, graph.nodes().get(0).opset());
    assertArrayEquals(new float[] {-1, 2}, run(graph, -2, 2));
  }

  private static ModelProto external(String location, String offset, String length) {
    var weights =
        new TensorProto(
            "b",
            1,
            new long[] {2},
            new TensorProto.External(
                List.of(
                    new StringStringEntryProto("location", location),
                    new StringStringEntryProto("offset", offset),
                    new StringStringEntryProto("length", length))));
    return model(
        13,
        graph(
            List.of(node("Add", List.of("x", "b"), "y")),
            List.of(value("x", 2)),
            List.of(value("y")),
            weights));
  }

  private String externalRefusal(String location, String offset, String length) throws IOException {
    Path file = folder.resolve("model/m.onnx");
    OnnxFile.write(external(location, offset, length), file);
    return assertThrows(IOException.class, () -> GraphReader.read(file)).getMessage();
  }

  @Test
  void weightsBesideTheModelAreRead() throws IOException {
    Path inside = Files.createDirectories(folder.resolve("model"));
    var bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(4, 10).putFloat(8, 20);
    Files.write(inside.resolve("w.bin"), bytes.array());
    Files.write(folder.resolve("secret"), bytes.array());
    Files.createSymbolicLink(inside.resolve("link"), folder.resolve("secret"));
    Path file = inside.resolve("m.onnx");
    OnnxFile.write(external("w.bin", "4", "8"), file);
    assertArrayEquals(new float[] {11, 22}, run(GraphReader.read(file), 1, 2));

    for (String elsewhere :
        List.of("../secret", "sub/../../secret", folder.resolve("secret").toString(), "", "link")) {
      String message = externalRefusal(elsewhere, "4", "8");
      assertTrue(message.contains("only files there are read"), elsewhere + ": " + message);
    }
    assertTrue(externalRefusal("none", "4", "8").contains("there is no such file"));
    assertTrue(externalRefusal("w.bin", "12", "8").contains("that file has 16 bytes"));
    assertTrue(externalRefusal("w.bin", "-4", "8").contains("expected a number of bytes"));
    assertTrue(externalRefusal("w.bin", "4", "12").contains("but holds 12"));
    assertTrue(
        refusal(external("w.bin", "4", "8")).contains("load the model from a file beside it"));
  }
}
