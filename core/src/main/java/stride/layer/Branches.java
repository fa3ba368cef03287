package stride.layer;

import java.util.List;
import stride.graph.Graph;

/**
 * Several layers side by side on the same input, their outputs' channels joined in order:
 * Inception, Fire, Dense.
 */
public record Branches(List<Layer> branches) implements Layer {
  public Branches {
    branches = List.copyOf(branches);
    if (branches.isEmpty()) {
      throw new IllegalArgumentException("branches need at least one layer");
    }
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    int[] ends = branches.stream().mapToInt(branch -> branch.lower(graph, input)).toArray();
    return graph.add(new Concat(), ends);
  }
}
