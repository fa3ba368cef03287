package stride.onnx.proto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Models of a few nodes for tests. */
public final class Samples {
  private Samples() {}

  /** A float tensor as raw bytes. */
  public static TensorProto floats(String name, long[] dims, float... values) {
    var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return TensorProto.raw(name, 1, dims, bytes.flip());
  }

  /** A list of 64-bit integers. */
  public static TensorProto integers(String name, long... values) {
    return new TensorProto(
        name, 7, new long[] {values.length}, new TensorProto.Integers(7, values));
  }

  /** A float value of fixed dimensions; -1 is a free one. */
  public static ValueInfoProto value(String name, long... dims) {
    return new ValueInfoProto(
        name,
        TypeProto.tensor(
            1,
            Arrays.stream(dims)
                .mapToObj(
                    dim -> dim < 0 ? TypeProto.Dimension.free("n") : TypeProto.Dimension.of(dim))
                .toList()));
  }

  public static NodeProto node(String operator, List<String> inputs, String output) {
    return NodeProto.of("", operator, inputs, List.of(output), List.of());
  }

  public static NodeProto node(
      String operator, List<String> inputs, String output, AttributeProto... attributes) {
    return NodeProto.of("", operator, inputs, List.of(output), List.of(attributes));
  }

  public static GraphProto graph(
      List<NodeProto> nodes,
      List<ValueInfoProto> inputs,
      List<ValueInfoProto> outputs,
      TensorProto... weights) {
    return new GraphProto("g", nodes, inputs, outputs, List.of(weights), 0, List.of());
  }

  public static ModelProto model(int opset, GraphProto graph, FunctionProto... functions) {
    return model(
        List.of(new OperatorSetIdProto("", opset), new OperatorSetIdProto("own", 1)),
        graph,
        functions);
  }

  public static ModelProto model(
      List<OperatorSetIdProto> opsets, GraphProto graph, FunctionProto... functions) {
    return new ModelProto(
        8,
        opsets,
        "tests",
        "1",
        "",
        0,
        "",
        graph,
        List.of(new StringStringEntryProto("key", "value")),
        List.of(functions));
  }

  /** A model with something of everything: attributes of all kinds, a branch, a function. */
  public static ModelProto everything() {
    var twice =
        new FunctionProto(
            "Twice",
            "own",
            "",
            List.of("a"),
            List.of("b"),
            List.of("slope"),
            List.of(),
            List.of(
                node(
                    "LeakyRelu",
                    List.of("a"),
                    "t",
                    new AttributeProto("alpha", new AttributeProto.Reference("slope"))),
                node("Add", List.of("t", "t"), "b")),
            List.of(new OperatorSetIdProto("", 13)));
    var yes = graph(List.of(node("Relu", List.of("x3"), "r")), List.of(), List.of(value("r")));
    var no = graph(List.of(node("Neg", List.of("x3"), "r")), List.of(), List.of(value("r")));
    var condition =
        new TensorProto("c", 9, new long[0], new TensorProto.Integers(5, new long[] {1}));
    return model(
        13,
        graph(
            List.of(
                node(
                    "Conv",
                    List.of("x", "w", "b"),
                    "x1",
                    AttributeProto.of("pads", new long[] {1, 1, 1, 1}),
                    AttributeProto.of("auto_pad", "NOTSET"),
                    AttributeProto.of("group", 1)),
                new NodeProto(
                    "",
                    "Twice",
                    "own",
                    "",
                    List.of("x1"),
                    List.of("x2"),
                    List.of(AttributeProto.of("slope", 0.25f))),
                node("Reshape", List.of("x2", "shape"), "x3"),
                node(
                    "If",
                    List.of("c"),
                    "x4",
                    new AttributeProto("then_branch", new AttributeProto.GraphValue(yes)),
                    new AttributeProto("else_branch", new AttributeProto.GraphValue(no))),
                node(
                    "Constant",
                    List.of(),
                    "k",
                    AttributeProto.of("value", floats("", new long[] {1}, 3))),
                node("Mul", List.of("x4", "k"), "y")),
            List.of(value("x", -1, 1, 2, 2), value("w", 2, 1, 3, 3)),
            List.of(value("y"), value("y")),
            floats(
                "w",
                new long[] {2, 1, 3, 3},
                new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -2, -3, -4, -5, -6, -7, -8, -9}),
            new TensorProto("b", 1, new long[] {2}, new TensorProto.Floats(new float[] {1, 2})),
            integers("shape", 0, -1),
            condition),
        twice);
  }
}
