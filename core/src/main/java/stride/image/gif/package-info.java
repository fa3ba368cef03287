/**
 * Decodes the first image of GIF pictures (CompuServe, GIF89a) to the bytes that PIL makes of it.
 */
@NullMarked
package stride.image.gif;

import org.jspecify.annotations.NullMarked;
