/**
 * JPEG pictures (ITU-T T.81) decoded with the numbers of libjpeg-turbo, as PIL uses it.
 *
 * <p>{@link stride.image.jpeg.JpegPicture} reads a file; the rest are its parts, in the order in
 * which the data goes through them: segments, entropy coding, inverse DCT, sampling, colours.
 */
@NullMarked
package stride.image.jpeg;

import org.jspecify.annotations.NullMarked;
