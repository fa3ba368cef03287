package stride.onnx.evaluate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * One call of an operator: the node, the values of its inputs, and which version of the operator is
 * meant.
 *
 * @param node the node
 * @param since the version of the operator set that made the operator what it is here
 * @param inputs the inputs; null where one is left out
 * @param graphs runs graphs in attributes
 */
record Call(OnnxNode node, int since, List<@Nullable OnnxTensor> inputs, Graphs graphs) {
  /** Runs a graph that a node has in an attribute, with the values around it. */
  interface Graphs {
    /**
     * Runs a graph.
     *
     * @param graph the graph
     * @param inputs its inputs by name
     * @return its outputs in order
     */
    OnnxTensor[] run(OnnxGraph graph, Map<String, OnnxTensor> inputs);
  }

  String operator() {
    return node.operator();
  }

  Attributes attributes() {
    return node.attributes();
  }

  /** Returns how many inputs the node lists, left out ones within included. */
  int count() {
    return inputs.size();
  }

  boolean has(int index) {
    return index < inputs.size() && inputs.get(index) != null;
  }

  OnnxTensor input(int index) {
    OnnxTensor input = optional(index);
    if (input == null) {
      throw new IllegalArgumentException("its input %d is missing".formatted(index));
    }
    return input;
  }

  @Nullable OnnxTensor optional(int index) {
    return index < inputs.size() ? inputs.get(index) : null;
  }

  /** Returns whether anybody reads an output. */
  boolean wants(int output) {
    return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
  }

  /** Returns an axis counted from the front; negative ones count from the end. */
  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= Math.max(rank, 1)) {
      throw new IllegalArgumentException(
          "the axis %d is outside of a tensor of %d dimensions".formatted(axis, rank));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /**
   * Returns a list of integers that older versions have as an attribute and newer ones as an input.
   *
   * @return the numbers; null if there are none
   */
  long @Nullable [] integers(String attribute, int input) {
    OnnxTensor tensor = optional(input);
    return tensor != null ? tensor.longs() : attributes().integers(attribute);
  }
}
