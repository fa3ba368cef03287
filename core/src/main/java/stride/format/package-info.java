/**
 * Files that hold weights, read as if an enemy had written them, and written so that no earlier
 * file is lost.
 *
 * <p>{@link stride.format.TensorFile} reads tensors by name, whatever the format; {@link
 * stride.format.SafetensorsWriter} writes them; {@link stride.format.AtomicFiles} replaces a file
 * whole or not at all.
 */
@NullMarked
package stride.format;

import org.jspecify.annotations.NullMarked;
