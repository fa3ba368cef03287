/**
 * Convolutions in the order of their sum: of staged pixels, of overlapping ones, of strided ones.
 */
@NullMarked
package stride.kernel.vector.direct;

import org.jspecify.annotations.NullMarked;
