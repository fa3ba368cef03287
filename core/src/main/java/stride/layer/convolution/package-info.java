/**
 * Layers that multiply by a matrix of weights: convolutions, and dense layers as such of one pixel.
 */
@NullMarked
package stride.layer.convolution;

import org.jspecify.annotations.NullMarked;
