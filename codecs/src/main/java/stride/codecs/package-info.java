/** Decoders that {@link stride.image.Pictures} finds by itself once this module is there: WebP. */
@NullMarked
package stride.codecs;

import org.jspecify.annotations.NullMarked;
