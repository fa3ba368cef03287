package stride.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FormatException;

/**
 * All bytes of a picture, from anywhere.
 *
 * @param name of the file; null if there is none
 */
record PictureFile(@Nullable Path name, byte[] bytes) {
  /**
   * Reads a file, of any file system.
   *
   * @throws FileException if it cannot be read
   * @throws FormatException if it is empty or too large
   */
  static PictureFile of(Path file, PictureOptions options) throws IOException {
    Arguments.given(file, "the picture is null");
    Arguments.given(options, "the picture\'s options are null");
    FileException.requireFile(file);
    int most = options.mostBytes();
    try {
      long size = Files.size(file);
      if (size > most) {
        throw tooLong(file, "%,d bytes, more".formatted(size), most);
      }
      if (size == 0) {
        throw new FormatException(file + ": has 0 bytes, expected a picture");
      }
      try (var in = Files.newInputStream(file)) {
        var bytes = new byte[(int) size];
        int read = in.readNBytes(bytes, 0, bytes.length);
        return new PictureFile(file, read < bytes.length ? Arrays.copyOf(bytes, read) : bytes);
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /** Bytes that are there. */
  static PictureFile of(byte[] bytes, PictureOptions options) throws FormatException {
    Arguments.given(bytes, "the picture is null");
    Arguments.given(options, "the picture\'s options are null");
    if (bytes.length == 0) {
      throw new FormatException("the picture has 0 bytes");
    }
    return new PictureFile(null, bytes);
  }

  /**
   * Reads a stream to its end; it is not closed.
   *
   * @throws FormatException if it is empty or has too many bytes, of which one too many is read
   */
  static PictureFile of(InputStream stream, PictureOptions options) throws IOException {
    Arguments.given(stream, "the picture is null");
    Arguments.given(options, "the picture\'s options are null");
    int most = options.mostBytes();
    byte[] bytes = stream.readNBytes(most);
    if (bytes.length == most && stream.read() >= 0) {
      throw tooLong(null, "more bytes", most);
    }
    return of(bytes, options);
  }

  private static FormatException tooLong(@Nullable Path file, String found, int most) {
    if (most == PictureOptions.MAX_BYTES) {
      return new FormatException(
          sentence(
              file,
              "has %s than the %,d that are read of any picture; make it smaller"
                  .formatted(found, most)));
    }
    return new FormatException(
        sentence(
            file,
            "has %s than the %,d that are read; make it smaller, give the JVM more memory with -Xmx (STRIDE_JAVA_OPTS), or raise the limit of pixels, if there is one, with --max-pixels (PictureOptions.mostPixels)"
                .formatted(found, most)));
  }

  /** What is said of the picture, with its name in front. */
  FormatException failure(String said, @Nullable Throwable cause) {
    String sentence = sentence(name, said);
    return cause == null ? new FormatException(sentence) : new FormatException(sentence, cause);
  }

  private static String sentence(@Nullable Path file, String said) {
    if (file != null) {
      return file + ": " + said;
    }
    return said.startsWith("the picture") ? said : "the picture " + said;
  }
}
