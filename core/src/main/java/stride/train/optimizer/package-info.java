/**
 * Optimisers, which update weights from gradients. The methods of {@link stride.train.Optimizer}
 * create them.
 */
@NullMarked
package stride.train.optimizer;

import org.jspecify.annotations.NullMarked;
