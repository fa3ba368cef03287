/**
 * Training: a {@link stride.train.Trainer} trains a model from a network and a data set, with a
 * {@link stride.train.Loss}, an {@link stride.train.Optimizer}, a {@link stride.train.Schedule} and
 * {@link stride.train.Callback}s.
 */
@NullMarked
package stride.train;

import org.jspecify.annotations.NullMarked;
