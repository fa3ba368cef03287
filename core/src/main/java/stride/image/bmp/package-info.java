/**
 * Decodes BMP pictures (Microsoft's device-independent bitmaps, and OS/2's) to the bytes that PIL
 * makes of them.
 */
@NullMarked
package stride.image.bmp;

import org.jspecify.annotations.NullMarked;
