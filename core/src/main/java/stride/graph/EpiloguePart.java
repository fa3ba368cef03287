package stride.graph;

/**
 * What an operation can do on the store of the operation before it, without a pass of its own.
 * Operations are fused together in this order.
 */
public enum EpiloguePart {
  /** Scales and shifts each channel. */
  AFFINE,
  /** Adds another edge's values. */
  SUM,
  /** Cuts off at bounds. */
  BOUNDS,
  /** Applies a function, element by element. */
  ACTIVATION
}
