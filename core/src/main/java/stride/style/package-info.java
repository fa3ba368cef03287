/**
 * Pictures in the style of a painting: losses on the maps that a network's layers make of a picture,
 * and networks that paint in one pass.
 */
@NullMarked
package stride.style;

import org.jspecify.annotations.NullMarked;
