package stride.graph;

/** What a plan may know of an operation to save memory and passes over it. */
public enum Trait {
  /** The backward pass does not read the inputs' values. */
  FORGETS_INPUT,

  /** The backward pass does not read the output's values. */
  FORGETS_OUTPUT,

  /** The gradient of every input is the output's, number by number: nothing is computed. */
  PASSES_GRADIENT_ON,

  /** The backward pass may write the input's gradient to where it reads the output's. */
  GRADIENT_IN_PLACE,

  /** The backward pass can add gradients from elsewhere to input 0's on its store. */
  ADDS_TO_GRADIENT,

  /** What follows can be fused into the forward pass's store of the output. */
  CAN_FUSE_CONSUMERS,

  /** The backward pass can do that of bounds that are fused into this operation. */
  CAN_FUSE_CONSUMER_GRADIENT,

  /**
   * The gradient is that of the bounds as which this operation is fused, 0 and a ceiling: dx = dy
   * where {@code 0 < y < ceiling}, else 0. An operation that can fuse gradients can do it on its
   * way.
   */
  BOUNDS_GRADIENT
}
