/**
 * WebP files (RFC 9649, section 2): the content of their chunks, and the picture on its canvas. The
 * same damaged files are refused as by libwebp.
 */
@NullMarked
package stride.codecs.webp;

import org.jspecify.annotations.NullMarked;
