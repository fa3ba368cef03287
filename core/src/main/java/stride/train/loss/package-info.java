/**
 * Losses made of others (a sum, a factor, another output), and the outputs that losses read. They
 * are made by the methods of {@link stride.train.Loss}.
 */
@NullMarked
package stride.train.loss;

import org.jspecify.annotations.NullMarked;
