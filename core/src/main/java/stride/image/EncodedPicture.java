package stride.image;

import stride.format.FormatException;

/**
 * A picture file whose header has been read and whose pixels have not been decoded yet, so that its
 * size can be looked at first.
 */
public interface EncodedPicture {
  /** The picture's width in pixels as it is stored, before any EXIF orientation. */
  int width();

  /** The picture's height in pixels as it is stored, before any EXIF orientation. */
  int height();

  /**
   * Decodes the picture.
   *
   * @return what PIL's {@code Image.open(file)} followed by {@code convert("RGB")} gives, or {@code
   *     convert("L")} of a picture that is stored as grey: 3 channels or 1. A picture that may be
   *     transparent has its opacity after them, as channel 4 or 2, so that what is drawn on it is
   *     seen.
   * @throws FormatException if the file is truncated or damaged; the message says how, and does not
   *     name the file
   */
  Pixels decode() throws FormatException;

  /**
   * About how many bytes of memory {@link #decode} takes at most, with what it returns and without
   * the file: of a picture so large that it matters. Unless a decoder knows better, 8 a pixel.
   */
  default long decodedBytes() {
    return 8L * width() * height();
  }
}
