package stride.image;

import java.util.Optional;
import javax.imageio.ImageReader;

/**
 * Decodes pictures of a format that the JDK does not read. A service ({@link
 * java.util.ServiceLoader}): {@code stride.codecs} has some, and so may you. Decoders are asked
 * when a picture of none of the JDK's formats is read, and not looked for before. Thread-safe.
 */
public interface PictureDecoder {
  /**
   * A reader for one picture; the caller sets its input and disposes of it.
   *
   * @param head the file's first 32 bytes, or as many as there are
   * @return nothing if the file is of another format
   */
  Optional<ImageReader> readerFor(byte[] head);
}
