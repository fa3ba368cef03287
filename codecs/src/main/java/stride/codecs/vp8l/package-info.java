/**
 * VP8L (RFC 9649, section 3): the content of a lossless WebP, and the transparency of a lossy one.
 */
@NullMarked
package stride.codecs.vp8l;

import org.jspecify.annotations.NullMarked;
