/** Layers that bring values to a common scale: by the batch, or by neighbouring channels. */
@NullMarked
package stride.layer.normalization;

import org.jspecify.annotations.NullMarked;
