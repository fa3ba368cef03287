package stride.train;

import stride.graph.Buffer;

/** How far a network's outputs are from their targets, and the gradient of that. */
public interface Loss {
  /**
   * The mean loss of the first {@code samples} samples. Writes its gradient to every output it
   * looks at.
   *
   * @throws IllegalArgumentException if a target is out of range
   */
  double apply(Outputs outputs, Targets targets, int samples);

  /** A network's named outputs, and where the gradient at each goes. */
  interface Outputs {
    /** The values of a named output; {@link stride.graph.Graph#OUTPUT} is the network's own. */
    Buffer value(String name);

    /** The gradient at a named output, to be written. */
    Buffer gradient(String name);
  }
}
