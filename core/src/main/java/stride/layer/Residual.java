package stride.layer;

import stride.graph.Graph;

/**
 * y = body(x) + shortcut(x) (He et al. 2015, "Deep Residual Learning", equation 1): the gradient
 * reaches x through the sum directly.
 */
public record Residual(Layer body, Layer shortcut) implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    int left = body.lower(graph, input);
    return graph.add(new Add(), left, shortcut.lower(graph, input));
  }
}
