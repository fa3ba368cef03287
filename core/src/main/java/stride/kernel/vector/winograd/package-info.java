/** Convolutions of 3x3 filters on transformed images, with fewer products: Winograd's algorithm. */
@NullMarked
package stride.kernel.vector.winograd;

import org.jspecify.annotations.NullMarked;
