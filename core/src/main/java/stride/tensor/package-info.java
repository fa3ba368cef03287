/**
 * Numbers with a shape.
 *
 * <p>{@link stride.tensor.Tensor} is what goes into and comes out of the library; inside, plans
 * work on buffers of their own.
 */
@NullMarked
package stride.tensor;

import org.jspecify.annotations.NullMarked;
