/**
 * Functions of single values, and softmax: layers without weights that make a network more than
 * linear.
 */
@NullMarked
package stride.layer.activation;

import org.jspecify.annotations.NullMarked;
