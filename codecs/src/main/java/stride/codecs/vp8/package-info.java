/**
 * VP8 key frames (RFC 6386): the content of a lossy WebP. Pixels equal libwebp's: chroma is
 * up-sampled and converted to red, green and blue in its fixed point.
 */
@NullMarked
package stride.codecs.vp8;

import org.jspecify.annotations.NullMarked;
