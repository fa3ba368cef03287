/**
 * What layers of several rooms share, for those of your own too: the arithmetic of windows, and
 * sums by groups of samples.
 */
@NullMarked
package stride.layer.support;

import org.jspecify.annotations.NullMarked;
