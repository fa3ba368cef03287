/**
 * Decodes PNG pictures (W3C, "Portable Network Graphics", third edition) to the bytes that PIL
 * makes of them.
 */
@NullMarked
package stride.image.png;

import org.jspecify.annotations.NullMarked;
