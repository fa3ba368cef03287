/**
 * Checks for those who write layers: whether a backward pass is the derivative of its forward pass.
 */
@NullMarked
package stride.check;

import org.jspecify.annotations.NullMarked;
