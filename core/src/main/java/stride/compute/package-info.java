/**
 * How operations run: a {@link stride.compute.Backend} makes the {@link stride.compute.Step} of a
 * node over the buffers of its {@link stride.compute.Binding}; a {@link
 * stride.compute.CpuOperation} makes its own.
 */
@NullMarked
package stride.compute;

import org.jspecify.annotations.NullMarked;
