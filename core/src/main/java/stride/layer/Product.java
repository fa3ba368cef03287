package stride.layer;

import java.util.List;
import stride.graph.Graph;
import stride.graph.ShapeException;

/**
 * The product of several layers' outputs on the same input, element by element: a(x) b(x) ...,
 * multiplied from the left. {@link SqueezeExcitation} multiplies whole channels.
 */
public record Product(List<Layer> factors) implements Layer {
  public Product {
    factors = List.copyOf(factors);
    if (factors.size() < 2) {
      throw new IllegalArgumentException(
          "a product has at least 2 factors, found " + factors.size());
    }
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    int[] ends = factors.stream().mapToInt(factor -> factor.lower(graph, input)).toArray();
    int edge = ends[0];
    for (int i = 1; i < ends.length; i++) {
      var shape = graph.type(ends[i]).shape();
      if (!shape.equals(graph.type(edge).shape())) {
        throw new ShapeException(
            "a product needs factors of equal shapes, found %s and %s"
                .formatted(graph.type(edge).shape(), shape));
      }
      edge = graph.add(new Multiply(), edge, ends[i]);
    }
    return edge;
  }
}
