package stride.format;

import java.util.List;
import java.util.stream.Collectors;
import stride.tensor.Shape;

/**
 * A tensor's entry in a file's table of contents.
 *
 * @param name its name, for instance "conv1.weight"
 * @param type the type of its numbers in the file
 * @param shape its sizes, outermost first; empty for a scalar, and a size may be 0
 */
public record StoredTensor(String name, StoredType type, List<Long> shape) {
  /**
   * Makes an entry.
   *
   * @throws ArithmeticException if it takes more than 2^63 - 1 bytes
   */
  public StoredTensor {
    shape = List.copyOf(shape);
    Math.multiplyExact(product(shape), type.bytes());
  }

  /** {@return the number of numbers: the product of the sizes, 1 for a scalar} */
  public long elements() {
    return product(shape);
  }

  /** {@return the bytes of all its numbers} */
  public long bytes() {
    return elements() * type.bytes();
  }

  /**
   * {@return whether the tensor has exactly this shape}
   *
   * @param expected the shape to compare with
   */
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

  /** {@return the shape as text, such as "64x3x7x7", or "scalar"} */
  public String shapeText() {
    return shape.isEmpty()
        ? "scalar"
        : shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  /** A size of 0 makes the product 0, even if the others alone would overflow. */
  private static long product(List<Long> shape) {
    if (shape.contains(0L)) {
      return 0;
    }
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }
}
