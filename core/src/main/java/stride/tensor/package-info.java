/**
 * Numbers with a shape.
 *
 * <p>The library takes and returns {@link stride.tensor.Tensor}s; inside, plans work on their own
 * buffers.
 */
@NullMarked
package stride.tensor;

import org.jspecify.annotations.NullMarked;
