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

  /**
   * While it writes input 0's gradient, the backward pass can add the gradient that the edge has
   * from its other readers.
   */
  ADDS_TO_GRADIENT,

  /** What follows can be fused into the forward pass's store of the output. */
  CAN_FUSE_CONSUMERS,

  /**
   * The store already applies a scale and a shift of this operation's own to each channel, so the
   * scale and shift of a following operation cannot be fused into it.
   */
  STORES_AFFINE,

  /**
   * The backward pass can also compute the gradient of bounds that are fused into this operation.
   */
  CAN_FUSE_CONSUMER_GRADIENT,

  /**
   * This operation clamps its input to 0 and a ceiling, so that dx = dy where {@code 0 < y <
   * ceiling}, else 0. A producer with {@link #CAN_FUSE_CONSUMER_GRADIENT} may compute that in its
   * own backward pass. Wrong for any other bounds.
   */
  BOUNDS_GRADIENT,

  /**
   * The output is a function of the input, element by element, and the step adds it to a producer's
   * epilogue together with its gradient. A producer with {@link #CAN_FUSE_CONSUMER_GRADIENT} may
   * compute that in its own backward pass.
   */
  ELEMENTWISE,

  /**
   * The output is the inputs' channels side by side. The forward pass copies only those inputs
   * whose buffer is not a slice of the output's buffer: the others are there already.
   */
  CONCATENATES,

  /**
   * In a plan without gradients the forward pass can write its output to a slice of wider pixels
   * ({@code Buffer.pitch}) and leaves the floats between its pixels as they are, unless a sum with
   * other values is fused into it.
   */
  STORES_PITCH,

  /**
   * In a plan without gradients and batch statistics the forward pass can read each of its inputs
   * from a slice of wider pixels ({@code Buffer.pitch}).
   */
  READS_PITCH
}
