/** Layers that make images smaller: maxima and averages of windows, or single pixels. */
@NullMarked
package stride.layer.pooling;

import org.jspecify.annotations.NullMarked;
