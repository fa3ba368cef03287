package stride.graph;

import org.jspecify.annotations.Nullable;
import stride.tensor.Shape;

/**
 * What flows along an edge of the graph.
 *
 * @param element the type of the numbers
 * @param shape the shape of one sample: (H, W, C) of an image, (C) of a vector
 * @param flattened the image that a vector was flattened from, in (H, W, C) order; null for
 *     anything else. A dense layer needs it to read and write weights in PyTorch's (C, H, W) order.
 */
public record TensorType(ElementType element, Shape shape, @Nullable Shape flattened) {
  public TensorType {
    if (shape.rank() == 0) {
      throw new ShapeException("a layer's inputs and outputs have a size, found a single number");
    }
  }

  /** Floats of the given shape. */
  public static TensorType of(Shape shape) {
    return new TensorType(ElementType.FLOAT32, shape, null);
  }

  /** The same kind of value with another shape. */
  public TensorType withShape(Shape to) {
    return new TensorType(element, to, null);
  }

  /**
   * Refuses an image that was flattened: its values are in (H, W, C) order, and only a dense layer
   * can tell PyTorch's (C, H, W) order from that.
   *
   * @param what names the layer, for the message
   */
  public void requireOwnOrder(String what) {
    if (flattened != null && flattened.elements() > flattened.channels()) {
      throw new ShapeException(
          "%s cannot follow flatten() of %s, whose values PyTorch has in another order: put flatten() after it, or a dense layer between them"
              .formatted(what, flattened));
    }
  }

  /** This image as one vector. */
  public TensorType flatten() {
    return shape.rank() == 1 ? this : new TensorType(element, Shape.of(shape.elements()), shape);
  }
}
