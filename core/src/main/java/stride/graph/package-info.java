/**
 * What an engine compiles: operations as nodes, typed edges between them.
 *
 * <p>A {@link stride.graph.Graph} says what is computed from what; an {@link
 * stride.graph.Operation} says how one node computes forward and backward; a {@link
 * stride.graph.Binding} hands it its buffers when a plan is made.
 */
@NullMarked
package stride.graph;

import org.jspecify.annotations.NullMarked;
