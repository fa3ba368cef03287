package stride.image;

import java.util.Optional;
import stride.format.FormatException;

/**
 * Reads pictures of a format that Stride itself does not read. A service ({@link
 * java.util.ServiceLoader}): {@code stride.codecs} has some, and so may you. Decoders are asked
 * when a picture of none of Stride's own formats is read, and not looked for before. Thread-safe.
 */
public interface PictureDecoder {
  /**
   * Reads the header of a picture.
   *
   * @param file all of the file; it may be kept, but is not to be changed
   * @return nothing if the file is of another format
   * @throws FormatException if it is truncated or damaged; the message does not name the file
   */
  Optional<EncodedPicture> open(byte[] file) throws FormatException;
}
