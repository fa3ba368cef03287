package stride.compute;

import stride.graph.Operation;

/**
 * An operation that brings its step for the CPU along, forward and backward together. All that
 * varies lies in the {@link Binding}'s buffers.
 */
public interface CpuOperation extends Operation {
  /**
   * Returns what a plan runs for this node, over the binding's buffers. Called once a plan, never
   * in a step.
   */
  Step compile(Binding binding);
}
