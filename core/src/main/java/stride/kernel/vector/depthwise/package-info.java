/** Depthwise convolutions, which read their input without a copy. */
@NullMarked
package stride.kernel.vector.depthwise;

import org.jspecify.annotations.NullMarked;
