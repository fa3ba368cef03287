package stride.layer;

import stride.graph.Graph;

/** No layer at all: what comes in goes out. A residual block's plain shortcut. */
public record Identity() implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    return input;
  }
}
