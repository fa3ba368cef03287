/**
 * The numerics: a network's arithmetic on plain {@code float[]} in channels-last order (N, H, W,
 * C).
 *
 * <p>{@link stride.kernel.Kernels} names every kernel family; {@code .vector} implements them on
 * the Vector API, {@code .scalar} in loops that the JIT compiler vectorises. Layers call kernels
 * without knowing which implementation they got.
 */
@NullMarked
package stride.kernel;

import org.jspecify.annotations.NullMarked;
