/**
 * VP8 key frames (RFC 6386): what a lossy WebP holds. Pixels are libwebp's: its chroma up-sampling
 * and its fixed point on the way to red, green and blue.
 */
@NullMarked
package stride.codecs.vp8;

import org.jspecify.annotations.NullMarked;
