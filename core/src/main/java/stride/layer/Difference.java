package stride.layer;

import stride.graph.Graph;

/** a(x) - b(x), element by element. */
public record Difference(Layer a, Layer b) implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    int left = a.lower(graph, input);
    return graph.add(new Subtract(), left, b.lower(graph, input));
  }
}
