/**
 * How the learning rate changes in the course of a training; {@link stride.train.Schedule} makes
 * them.
 */
@NullMarked
package stride.train.schedule;

import org.jspecify.annotations.NullMarked;
