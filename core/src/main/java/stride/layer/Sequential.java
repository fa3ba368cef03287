package stride.layer;

import java.util.List;
import stride.graph.Graph;

/** Layers one after another. */
public record Sequential(List<Layer> layers) implements Layer {
  public Sequential {
    layers = List.copyOf(layers);
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    int edge = input;
    for (Layer layer : layers) {
      edge = layer.lower(graph, edge);
    }
    return edge;
  }
}
