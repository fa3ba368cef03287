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
   * The backward pass stores input 0's gradient by {@link Binding#gradientEpilogue}, so that
   * gradients from elsewhere can be added on the way.
   */
  ADDS_TO_GRADIENT,

  /**
   * The forward pass stores the output by {@link Binding#epilogue}, so that what follows can ride
   * on it.
   */
  CARRIES,

  /**
   * The backward pass does that of bounds that ride on this operation where {@link
   * Binding#carriesGradient} says so.
   */
  CARRIES_GRADIENT,

  /**
   * The gradient is that of the bounds as which this operation rides, 0 and a ceiling: dx = dy
   * where {@code 0 < y < ceiling}, else 0. An operation that carries gradients can do it on its
   * way.
   */
  BOUNDS_GRADIENT
}
