/** Decoders that {@link stride.image.Pictures} finds if this module is present: WebP. */
@NullMarked
package stride.codecs;

import org.jspecify.annotations.NullMarked;
