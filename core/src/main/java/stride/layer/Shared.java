package stride.layer;

import stride.graph.Graph;
import stride.graph.Operation;

/**
 * A layer that has the same weights wherever it stands in a network under this name, as in siamese
 * networks (Bromley et al. 1993, "Signature Verification using a Siamese Time Delay Neural
 * Network"). Its weights' gradient is the sum over all places.
 *
 * @param name the name of the layer, or of its scope, in the state dict
 */
public record Shared(String name, Layer layer) implements Layer {
  public Shared {
    Named.check(name);
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    return layer instanceof Operation operation
        ? graph.shared(name, operation, input)
        : graph.shared(name, edge -> layer.lower(graph, edge), input);
  }
}
