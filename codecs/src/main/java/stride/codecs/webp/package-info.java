/**
 * WebP files (RFC 9649, section 2): what their chunks hold, and the picture on its canvas. Which
 * damaged files are refused is libwebp's decision.
 */
@NullMarked
package stride.codecs.webp;

import org.jspecify.annotations.NullMarked;
