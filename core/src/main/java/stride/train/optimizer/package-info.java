/** How gradients become steps of the weights; {@link stride.train.Optimizer} makes them. */
@NullMarked
package stride.train.optimizer;

import org.jspecify.annotations.NullMarked;
