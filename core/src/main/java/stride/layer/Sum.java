package stride.layer;

import java.util.List;
import stride.graph.Graph;
import stride.graph.ShapeException;

/**
 * The sum of several layers' outputs on the same input, element by element: a(x) + b(x) + ...,
 * added up from the left.
 */
public record Sum(List<Layer> terms) implements Layer {
  public Sum {
    terms = List.copyOf(terms);
    if (terms.size() < 2) {
      throw new IllegalArgumentException("a sum has at least 2 terms, found " + terms.size());
    }
  }

  @Override
  public int lower(Graph.Builder graph, int input) {
    int[] ends = terms.stream().mapToInt(term -> term.lower(graph, input)).toArray();
    int edge = ends[0];
    for (int i = 1; i < ends.length; i++) {
      var shape = graph.type(ends[i]).shape();
      if (!shape.equals(graph.type(edge).shape())) {
        throw new ShapeException(
            "a sum needs terms of equal shapes, found %s and %s"
                .formatted(graph.type(edge).shape(), shape));
      }
      edge = graph.add(new Add(), edge, ends[i]);
    }
    return edge;
  }
}
