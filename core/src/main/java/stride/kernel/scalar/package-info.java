/**
 * The kernels in plain Java: loops over floats that need only the JDK's own compiler.
 *
 * <p>{@link stride.kernel.scalar.ScalarKernels} runs where the Vector API is missing, and for the
 * operations that have no vector kernel.
 */
@NullMarked
package stride.kernel.scalar;

import org.jspecify.annotations.NullMarked;
