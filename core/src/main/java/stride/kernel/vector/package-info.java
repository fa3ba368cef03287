/**
 * The fast kernels, on the Vector API.
 *
 * <p>Convolutions and dense layers stage their input in blocks of 16 channels ({@link
 * stride.kernel.vector.Staging}) and multiply it by packed weights ({@link
 * stride.kernel.vector.Panels}) in register tiles ({@link stride.kernel.vector.Tiles}).
 */
@NullMarked
package stride.kernel.vector;

import org.jspecify.annotations.NullMarked;
