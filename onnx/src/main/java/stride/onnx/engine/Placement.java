package stride.onnx.engine;

import java.util.ArrayList;
import java.util.List;
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
    var left = laid.left(graph.outputs().stream().map(OnnxValue::name).toList());
    var placements = new ArrayList<Placement>();
    for (var node : graph.nodes()) {
      boolean constant = node.outputs().stream().allMatch(laid::isConstant);
      if (!constant) {
        boolean on = !left.contains(node);
        placements.add(new Placement(node, on, on ? "" : laid.layout().reason(node)));
      }
    }
    return placements;
  }
}
