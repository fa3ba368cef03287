/**
 * What layers of several rooms share: the arithmetic of windows, and sums by groups. Not exported.
 */
@NullMarked
package stride.layer.support;

import org.jspecify.annotations.NullMarked;
