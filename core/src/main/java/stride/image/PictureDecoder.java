package stride.image;

import java.util.Optional;
import stride.format.FormatException;

/**
 * Decodes pictures of a format that the JDK does not read. A service ({@link
 * java.util.ServiceLoader}): {@code stride.codecs} has some, and so may you. Decoders are asked
 * when a picture of none of the JDK's formats is read, and not looked for before. Thread-safe.
 */
public interface PictureDecoder {
  /**
   * Opens a picture.
   *
   * @param file all bytes of the file
   * @return nothing if the file is of another format
   * @throws FormatException if it is of this format, and damaged
   */
  Optional<EncodedPicture> open(byte[] file) throws FormatException;
}
