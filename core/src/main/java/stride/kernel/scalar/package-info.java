/**
 * The kernels in plain Java: loops over floats that need nothing but the JDK's own compiler.
 *
 * <p>{@link stride.kernel.scalar.ScalarKernels} runs where the Vector API is missing, and stands in
 * for whatever the vector kernels do not speed up.
 */
@NullMarked
package stride.kernel.scalar;

import org.jspecify.annotations.NullMarked;
