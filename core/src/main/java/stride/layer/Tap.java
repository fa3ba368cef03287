package stride.layer;

import stride.graph.Graph;

/**
 * A layer whose output is also an output of the network, under a name: for auxiliary heads,
 * features, style.
 */
public record Tap(String name, Layer layer) implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    int edge = layer.lower(graph, input);
    graph.output(name, edge);
    return edge;
  }
}
