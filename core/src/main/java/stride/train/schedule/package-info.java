/**
 * Schedules, which change the learning rate in the course of a training. The methods of {@link
 * stride.train.Schedule} create them.
 */
@NullMarked
package stride.train.schedule;

import org.jspecify.annotations.NullMarked;
