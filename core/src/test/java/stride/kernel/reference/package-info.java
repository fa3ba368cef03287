/**
 * The oracle: every kernel once more in double, in plain loops written from its definition.
 *
 * <p>It shares no code with any other kernel and knows no speed. Functions take whole arrays in the
 * kernels' layouts and return new ones, so that central differences are easy to take of them.
 */
@NullMarked
package stride.kernel.reference;

import org.jspecify.annotations.NullMarked;
