/**
 * What {@link stride.train.Metric}s measure: classes, labels, pixels and values. A metric is made
 * by the methods of that interface.
 */
@NullMarked
package stride.train.metric;

import org.jspecify.annotations.NullMarked;
