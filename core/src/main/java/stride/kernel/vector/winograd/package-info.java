/** Convolutions of 3x3 and 5x5 filters on transformed images, with fewer products: Winograd. */
@NullMarked
package stride.kernel.vector.winograd;

import org.jspecify.annotations.NullMarked;
