package stride.layer;

import stride.graph.Graph;
import stride.graph.Operation;

/**
 * A layer under a name: a plain layer's place in the state dict ("conv1" makes "conv1.weight"), or
 * the scope of a combinator's layers ("layer1" makes "layer1.0.weight").
 */
public record Named(String name, Layer layer) implements Layer {
  public Named {
    check(name);
  }

  static void check(String name) {
    if (name.isEmpty() || name.startsWith(".") || name.endsWith(".")) {
      throw new IllegalArgumentException(
          "a layer's name is not empty and has no dot at its ends: \"" + name + "\"");
    }
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    return layer instanceof Operation operation
        ? graph.named(name, operation, input)
        : graph.scoped(name, edge -> layer.lower(graph, edge), input);
  }
}
