package stride.layer;

import stride.graph.Graph;

/**
 * A layer beside the network's way, whose output is an output of the network under a name, and what
 * comes in goes on: an auxiliary head (Szegedy et al. 2015, "Going Deeper with Convolutions").
 */
public record AuxiliaryHead(String name, Layer layer) implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    graph.output(name, layer.lower(graph, input));
    return input;
  }
}
