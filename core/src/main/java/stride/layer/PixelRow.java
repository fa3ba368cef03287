package stride.layer;

import java.util.List;
import stride.graph.Graph;
import stride.layer.spatial.PixelConcat;

/**
 * Several layers side by side on the same input, their outputs' pixels one behind another in one
 * row: what a detector's heads find on several maps.
 */
public record PixelRow(List<Layer> parts) implements Layer {
  public PixelRow {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a row of pixels needs at least one layer");
    }
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    int[] ends = parts.stream().mapToInt(part -> part.lower(graph, input)).toArray();
    return graph.add(new PixelConcat(), ends);
  }
}
