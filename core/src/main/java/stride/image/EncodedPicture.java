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
   *     convert("L")} of a picture that is stored as grey: 3 channels or 1
   * @throws FormatException if the file is truncated or damaged; the message says how, and does not
   *     name the file
   */
  Pixels decode() throws FormatException;
}
