/**
 * Losses composed of others (a sum, a factor, another output), and the outputs that losses read.
 * The methods of {@link stride.train.Loss} create them.
 */
@NullMarked
package stride.train.loss;

import org.jspecify.annotations.NullMarked;
