package stride.graph;

/**
 * Where in an {@link stride.kernel.Epilogue} an operation can do its work: on the store of the
 * operation before it, without a pass of its own. Operations ride together in this order.
 */
public enum Ride {
  /** Scales and shifts each channel. */
  AFFINE,
  /** Adds another edge's values. */
  SUM,
  /** Cuts off at bounds. */
  BOUNDS
}
