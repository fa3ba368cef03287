package stride.graph;

/**
 * A layer cannot take the input it is given; the message names the layer, what it expects and what
 * it got.
 */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Made with a message that names the layer, what it expects and what it got. */
  public ShapeException(String message) {
    super(message);
  }
}
