package stride.onnx.engine;

import stride.onnx.graph.OnnxNode;

/** Lays out nodes of some operators. */
@FunctionalInterface
interface Rule {
  /**
   * Adds a node's operations to the engine's graph.
   *
   * @return the node's outputs; one for each that it names
   * @throws Unlayable if the node needs what the engine does not do
   */
  View[] lay(Layout layout, OnnxNode node) throws Unlayable;
}
