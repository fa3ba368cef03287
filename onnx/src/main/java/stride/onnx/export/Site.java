package stride.onnx.export;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import stride.graph.Graph;
import stride.graph.TensorType;
import stride.onnx.proto.AttributeProto;
import stride.tensor.Shape;

/**
 * An operation at its place among others, about to become nodes of ONNX.
 *
 * @param node the operation
 * @param inputTypes what it reads
 * @param inputs the names of the values that it reads
 * @param output the name of the value that it makes
 * @param tensors the names of its weights and statistics in the file, by their own names
 * @param graph takes the nodes
 */
record Site(
    Graph.Node node,
    List<TensorType> inputTypes,
    List<String> inputs,
    String output,
    Map<String, String> tensors,
    GraphWriter graph) {

  int opset() {
    return graph.opset();
  }

  Shape in() {
    return inputTypes.getFirst().shape();
  }

  Shape out() {
    return node.output().shape();
  }

  String input() {
    return inputs.getFirst();
  }

  /** The file's name of a weight or statistic. */
  String tensor(String own) {
    String name = tensors.get(own);
    if (name == null) {
      throw new IllegalStateException("%s has no %s".formatted(node.name(), own));
    }
    return name;
  }

  /** The input and some weights. */
  List<String> inputAnd(String... own) {
    return Stream.concat(Stream.of(input()), Stream.of(own).map(this::tensor)).toList();
  }

  /** Adds the node that makes the output. */
  String last(String operator, List<String> inputs, AttributeProto... attributes) {
    graph.put(operator, output, inputs, attributes);
    return output;
  }

  /** Adds a node on the way to the output; its value is named after the output. */
  String step(String operator, List<String> inputs, AttributeProto... attributes) {
    return graph.node(operator, output + "/" + operator, inputs, attributes);
  }

  /** Adds a constant. */
  String constant(String what, float[] values, long... sizes) {
    String name = graph.name(output + "/" + what);
    graph.floats(name, values, sizes);
    return name;
  }

  /** Adds a single number. */
  String number(double value) {
    return constant("value", new float[] {(float) value});
  }

  /** The sizes of a value for each channel that spread over a value of a shape. */
  static long[] channelSizes(Shape shape) {
    return shape.isImage() ? new long[] {shape.channels(), 1, 1} : new long[] {shape.channels()};
  }

  /** A shape's sizes in ONNX's order behind a first one, which 0 copies from the input. */
  static long[] sizes(long first, Shape shape) {
    return shape.isImage()
        ? new long[] {first, shape.channels(), shape.height(), shape.width()}
        : new long[] {first, shape.elements()};
  }

  static AttributeProto ints(String name, long... values) {
    return AttributeProto.of(name, values);
  }
}
