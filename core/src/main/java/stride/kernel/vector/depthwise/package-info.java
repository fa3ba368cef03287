/** Convolutions of each channel by itself, without a copy of what they read. */
@NullMarked
package stride.kernel.vector.depthwise;

import org.jspecify.annotations.NullMarked;
