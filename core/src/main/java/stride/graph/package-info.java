/**
 * Describes what is computed: operations as nodes, typed edges between them, weights.
 *
 * <p>A {@link stride.graph.Graph} says what is computed from what; an {@link
 * stride.graph.Operation} describes one node; {@link stride.graph.Weights} are its numbers.
 */
@NullMarked
package stride.graph;

import org.jspecify.annotations.NullMarked;
