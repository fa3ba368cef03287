package stride.layer;

import stride.graph.Graph;

/**
 * One of a network's several inputs, under its name: what stands before it is not read.
 *
 * @param name the name of the input
 */
public record Input(String name) implements Layer {
  @Override
  public int lower(Graph.Builder graph, int input) {
    return graph.input(name);
  }
}
