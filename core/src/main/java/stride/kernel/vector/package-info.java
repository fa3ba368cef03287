/**
 * The fast kernels, on the Vector API. {@link stride.kernel.vector.VectorConvolution} chooses.
 *
 * <p>A convolution is one {@link stride.kernel.vector.Sweep} over its input, and its input gradient
 * one over the output's gradient, or several. {@link stride.kernel.vector.Staging} copies what a
 * block of output pixels reads into blocks of 16 channels; {@link stride.kernel.vector.Tiles}
 * multiplies them by packed weights ({@link stride.kernel.vector.Panels}) in registers; {@link
 * stride.kernel.vector.Store} takes the results to memory. {@link
 * stride.kernel.vector.winograd.WinogradPass} runs the same tiles on transformed images.
 */
@NullMarked
package stride.kernel.vector;

import org.jspecify.annotations.NullMarked;
