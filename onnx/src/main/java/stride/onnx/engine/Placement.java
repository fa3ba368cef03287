package stride.onnx.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import stride.onnx.graph.OnnxGraph;
import stride.onnx.graph.OnnxNode;
import stride.onnx.graph.OnnxValue;

/**
 * Where a node of a graph runs.
 *
 * @param node the node
 * @param onEngine whether the engine computes it, or it is a part of what the engine computes;
 *     otherwise it is evaluated by its definition
 * @param why why it is not on the engine; "" if it is
 */
public record Placement(OnnxNode node, boolean onEngine, String why) {

  /**
   * Returns where each node of a graph runs; those that depend on no input are computed once and
   * left out.
   *
   * @param graph the graph
   * @param shapes what it leaves open of its inputs
   * @return the nodes in their order
   * @throws IllegalArgumentException if an input's shape is not known
   */
  public static List<Placement> of(OnnxGraph graph, InputShapes shapes) {
    var laid = EngineGraph.of(graph, shapes);
    var left = new LinkedHashSet<OnnxNode>();
    graph.outputs().stream().map(OnnxValue::name).forEach(name -> collect(laid, name, left));
    var placements = new ArrayList<Placement>();
    for (var node : graph.nodes()) {
      boolean constant = node.outputs().stream().allMatch(laid::isConstant);
      if (!constant) {
        boolean on = !left.contains(node);
        placements.add(
            new Placement(node, on, on ? "" : laid.layout().reason(node.outputs().getFirst())));
      }
    }
    return placements;
  }

  /** Adds the nodes behind a value that are not on the engine. */
  static void collect(EngineGraph laid, String value, Set<OnnxNode> left) {
    var node = laid.layout().producer(value);
    if (node != null && laid.layout().isLeft(value) && left.add(node)) {
      node.reads().forEach(read -> collect(laid, read, left));
    }
  }
}
