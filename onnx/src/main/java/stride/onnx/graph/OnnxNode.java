package stride.onnx.graph;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One call of an operator.
 *
 * @param name its name, unique in the graph
 * @param operator the operator
 * @param domain the operator's domain; "" is the standard's own
 * @param opset the version of that domain's operators that the node is written for
 * @param inputs the names of its inputs; "" where an optional one is left out
 * @param outputs the names of its outputs; "" where one is not wanted
 * @param attributes its settings
 */
public record OnnxNode(
    String name,
    String operator,
    String domain,
    int opset,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes) {
  /** Makes a node that shares no list with the caller. */
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Returns which values the node reads.
   *
   * @return the names of its inputs, and of the values around that its own graphs refer to
   */
  public Set<String> reads() {
    var reads = new TreeSet<>(inputs);
    reads.remove("");
    for (OnnxGraph graph : attributes.graphs()) {
      reads.addAll(graph.captures());
    }
    return reads;
  }

  /**
   * Returns the operator with its domain.
   *
   * @return such as "Conv" or "com.microsoft.QGemm"
   */
  public String qualifiedOperator() {
    return domain.isEmpty() ? operator : domain + "." + operator;
  }
}
