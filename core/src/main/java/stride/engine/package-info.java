/**
 * Runs graphs: an {@link stride.engine.Engine} owns the threads, a {@link stride.engine.Plan} is a
 * graph compiled for one batch size and purpose, with every buffer allocated once.
 */
@NullMarked
package stride.engine;

import org.jspecify.annotations.NullMarked;
