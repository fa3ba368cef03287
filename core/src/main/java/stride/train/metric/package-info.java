/**
 * Metrics of classes, labels, pixels and values. The methods of {@link stride.train.Metric} create
 * them.
 */
@NullMarked
package stride.train.metric;

import org.jspecify.annotations.NullMarked;
