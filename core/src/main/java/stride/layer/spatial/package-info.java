/** Layers that move an image's pixels: padding, crops, and images of another size. */
@NullMarked
package stride.layer.spatial;

import org.jspecify.annotations.NullMarked;
