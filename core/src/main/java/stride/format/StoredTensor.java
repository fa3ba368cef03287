package stride.format;

import java.util.List;
import stride.tensor.Shape;

/**
 * A tensor as a file's table of contents has it.
 *
 * @param name its name, for instance "conv1.weight"
 * @param type what its numbers are stored in
 * @param shape its sizes, outermost first; empty for a scalar, and a size may be 0
 * @param elements the product of the sizes
 * @param begin where its bytes begin, counted from the first tensor's
 * @param end where they end, exclusive
 */
public record StoredTensor(
    String name, StoredType type, List<Long> shape, long elements, long begin, long end) {
  public StoredTensor {
    shape = List.copyOf(shape);
  }

  /** Whether the tensor has exactly this shape. */
  public boolean hasShape(Shape expected) {
    if (shape.size() != expected.rank()) {
      return false;
    }
    for (int d = 0; d < shape.size(); d++) {
      if (shape.get(d) != expected.size(d)) {
        return false;
      }
    }
    return true;
  }
}
