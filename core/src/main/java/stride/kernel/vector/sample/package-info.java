/** Convolutions with samples in the lanes of vectors, for few channels. */
@NullMarked
package stride.kernel.vector.sample;

import org.jspecify.annotations.NullMarked;
