/**
 * Files that hold weights, read as if an enemy had written them, and written so that no earlier
 * file is lost.
 *
 * <p>{@link stride.format.Safetensors} reads and {@link stride.format.SafetensorsWriter} writes
 * tensors by name; {@link stride.format.AtomicFiles} replaces a file whole or not at all.
 */
@NullMarked
package stride.format;

import org.jspecify.annotations.NullMarked;
