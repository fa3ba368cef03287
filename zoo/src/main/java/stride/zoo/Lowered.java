package stride.zoo;

import stride.graph.Graph;
import stride.layer.Layer;
import stride.layer.Layers;

/** Layers of networks with several outputs, added to a graph one by one. */
final class Lowered {
  private Lowered() {}

  /**
   * Adds a layer under a name with dots between its scopes, and returns the edge that leaves it.
   */
  static int at(Graph.Builder graph, String name, Layer layer, int edge) {
    return Layers.named(name, layer).lower(graph, edge);
  }

  /** Adds a layer that has the same weights wherever it stands under this name. */
  static int shared(Graph.Builder graph, String name, Layer layer, int edge) {
    return Layers.shared(name, layer).lower(graph, edge);
  }
}
