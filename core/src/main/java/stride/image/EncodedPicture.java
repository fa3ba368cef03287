package stride.image;

import stride.format.FormatException;

/**
 * A picture file whose header has been read and whose pixels have not been decoded yet, so that its
 * size is known first.
 */
public interface EncodedPicture {
  /** {@return the picture's width in pixels as it is stored, before any EXIF orientation} */
  int width();

  /** {@return the picture's height in pixels as it is stored, before any EXIF orientation} */
  int height();

  /**
   * Decodes the picture.
   *
   * @return the pixels of PIL's {@code Image.open(file)} followed by {@code convert("RGB")}, or by
   *     {@code convert("L")} for a picture that is stored as grey: 3 channels or 1. A picture that
   *     may be transparent has its opacity after them, as channel 4 or 2, so that the drawing on it
   *     can be seen.
   * @throws FormatException if the file is truncated or damaged; the message says how, and does not
   *     name the file
   */
  Pixels decode() throws FormatException;

  /**
   * Returns an estimate of the most bytes of memory that {@link #decode} takes for a large picture,
   * with its result and without the file. The default is 8 bytes per pixel.
   *
   * @return a number of bytes
   */
  default long decodedBytes() {
    return 8L * width() * height();
  }
}
