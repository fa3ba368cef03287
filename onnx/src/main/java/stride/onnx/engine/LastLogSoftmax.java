package stride.onnx.engine;

import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;

/**
 * The LogSoftmax that gives a graph's only output, as PyTorch's classifiers for its NLLLoss end.
 * Logits have the same softmax as their logarithms, so it can be left out.
 */
record LastLogSoftmax(OnnxNode node) {
  /** The version from which on the axis is the last unless it is given. */
  private static final int LAST_AXIS = 13;

  static @Nullable LastLogSoftmax of(OnnxGraph graph) {
    var outputs = new HashSet<String>();
    graph.outputs().forEach(output -> outputs.add(output.name()));
    return outputs.size() > 1
        ? null
        : graph.nodes().stream()
            .filter(node -> node.qualifiedOperator().equals("LogSoftmax"))
            .filter(node -> outputs.contains(node.outputs().getFirst()))
            .map(LastLogSoftmax::new)
            .findFirst()
            .orElse(null);
  }

  /** The graph that gives what this node reads. */
  OnnxGraph without(OnnxGraph graph) {
    var passed =
        new OnnxNode(
            node.name(),
            "Identity",
            "",
            node.opset(),
            List.of(node.inputs().getFirst()),
            node.outputs(),
            Attributes.NONE);
    return new OnnxGraph(
        graph.name(),
        graph.inputs(),
        graph.outputs(),
        graph.constants(),
        graph.nodes().stream().map(other -> other == node ? passed : other).toList(),
        graph.values(),
        graph.metadata());
  }

  /** Whether each sum of it is over all channels of a place, and over nothing else. */
  boolean isOverChannels(EngineGraph laid) {
    var view = laid.values().get(node.outputs().getFirst());
    if (view == null) {
      return false;
    }
    boolean one = node.opset() >= LAST_AXIS;
    int axis = node.attributes().small("axis", one ? -1 : 1);
    axis = axis < 0 ? axis + view.rank() : axis;
    for (int d = axis + 1; !one && d < view.rank(); d++) {
      if (view.size(d) > 1) {
        return false;
      }
    }
    return axis >= 0 && axis < view.rank() && Affine.isChannel(laid.layout(), view, axis);
  }
}
