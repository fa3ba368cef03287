package stride.onnx.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import stride.onnx.proto.AttributeProto;
import stride.onnx.proto.GraphProto;
import stride.onnx.proto.NodeProto;
import stride.onnx.proto.TensorProto;
import stride.onnx.proto.ValueInfoProto;

/** The nodes and tensors of an ONNX graph in the making. Each value has a name of its own. */
final class GraphWriter {
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final int opset;
  private final List<NodeProto> nodes = new ArrayList<>();
  private final List<TensorProto> tensors = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** The names of whole numbers that several nodes may read. */
  private final Map<List<Long>, String> numbers = new HashMap<>();

  GraphWriter(int opset) {
    this.opset = opset;
  }

  int opset() {
    return opset;
  }

  /** Takes a name that nothing else may have; with a number behind it if it is taken. */
  String name(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /**
   * Adds a node.
   *
   * @param name the node's, and before a number of its output if that is taken
   * @return the name of its output
   */
  String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
    String output = name(name);
    put(operator, output, inputs, attributes);
    return output;
  }

  /** Adds a node whose output has a name that was taken before. */
  void put(String operator, String output, List<String> inputs, AttributeProto... attributes) {
    nodes.add(NodeProto.of(output, operator, inputs, List.of(output), List.of(attributes)));
  }

  /** Adds a tensor under a name that was taken before. */
  void floats(String name, float[] values, long... sizes) {
    var bytes =
        ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, values.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    tensors.add(TensorProto.raw(name, FLOAT, sizes, bytes));
  }

  /** A tensor of one dimension; the same one for the same numbers. */
  String longs(long... values) {
    var key = LongStream.of(values).boxed().toList();
    return numbers.computeIfAbsent(
        key,
        _ -> {
          var bytes =
              ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asLongBuffer().put(values);
          String name =
              name(
                  "const_"
                      + String.join(
                          "_", key.stream().map(n -> n < 0 ? "m" + -n : "" + n).toList()));
          tensors.add(TensorProto.raw(name, INT64, new long[] {values.length}, bytes));
          return name;
        });
  }

  GraphProto graph(String name, List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {
    return new GraphProto(name, nodes, inputs, outputs, tensors, 0, List.of());
  }
}
