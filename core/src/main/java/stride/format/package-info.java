/**
 * Files of weights: the readers trust nothing in a file, and the writers never lose an earlier
 * file.
 *
 * <p>{@link stride.format.TensorFile} reads tensors by name, in any of the formats; {@link
 * stride.format.SafetensorsWriter} writes them; {@link stride.format.AtomicFiles} replaces a file
 * whole or not at all.
 */
@NullMarked
package stride.format;

import org.jspecify.annotations.NullMarked;
