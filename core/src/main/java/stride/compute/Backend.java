package stride.compute;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.graph.EpiloguePart;
import stride.graph.Operation;
import stride.graph.Trait;
import stride.kernel.Kernels;

/**
 * Runs operations: gives each node of a plan its step. {@link CpuBackend} is Stride's; another one
 * may have steps of its own for some operations and leave the others to it.
 *
 * <p>Buffers are float arrays: docs/engine.md says what a second kind of memory needs.
 */
public interface Backend {
  /** What messages and tables call this backend, such as "CPU (vector, 512 bits)". */
  String name();

  /** The kernels by which losses, optimisers and sums of gradients compute. */
  Kernels kernels();

  /**
   * Returns what a plan runs for an operation, over the binding's buffers. Called once for each
   * node of a plan that computes something, never in a step.
   *
   * @throws IllegalArgumentException if this backend cannot run the operation; the message names
   *     both
   */
  Step compile(Operation operation, Binding binding);

  /**
   * Returns what a plan may know of this backend's step of an operation. If the step lacks some of
   * the operation's traits, return only those it has; the empty set is always safe.
   */
  default Set<Trait> traits(Operation operation) {
    return operation.traits();
  }

  /**
   * Returns where an operation can be fused into the store of the one before it, or null if this
   * backend's step of it cannot.
   *
   * @param batchStatistics whether normalisation uses the batch's own statistics
   * @param gradients whether there is a backward pass
   */
  default @Nullable EpiloguePart epiloguePart(
      Operation operation, boolean batchStatistics, boolean gradients) {
    return operation.epiloguePart(batchStatistics, gradients);
  }
}
