package stride.format;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Thrown when a file cannot be opened, read or written, independent of its content. The message is
 * one sentence that names the file and says why; the JDK's own exceptions often contain only the
 * path.
 */
public final class FileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception without a cause.
   *
   * @param message one sentence that names the file and says why
   */
  public FileException(String message) {
    super(message);
  }

  /**
   * Makes an exception with a cause.
   *
   * @param message one sentence that names the file and says why
   * @param cause the JDK's exception
   */
  public FileException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns the exception to throw when a file could not be read.
   *
   * @param file the file
   * @param cause the failure
   * @return {@code cause} itself if it is one of Stride's exceptions, else a {@link FileException}
   *     that explains it
   */
  public static IOException reading(Path file, IOException cause) {
    return explained("read", file, cause);
  }

  /**
   * Returns the exception to throw when a file could not be written.
   *
   * @param file the file
   * @param cause the failure
   * @return {@code cause} itself if it is one of Stride's exceptions, else a {@link FileException}
   *     that explains it
   */
  public static IOException writing(Path file, IOException cause) {
    return explained("write", file, cause);
  }

  /**
   * Checks that a path is a plain file, not a folder, a device or missing.
   *
   * @param file the path
   * @throws FileException if {@code file} cannot be read as a file
   * @throws IllegalArgumentException if it is null
   */
  public static void requireFile(Path file) throws FileException {
    if (file == null) {
      throw new IllegalArgumentException("the file is null");
    }
    if (Files.isDirectory(file)) {
      throw new FileException("cannot read " + file + ": it is a folder, not a file");
    }
    if (!Files.isRegularFile(file)) {
      throw new FileException(
          "cannot read "
              + file
              + (Files.exists(file) ? ": it is not a plain file" : ": there is no such file"));
    }
  }

  private static IOException explained(String verb, Path file, IOException cause) {
    return cause instanceof FileException || cause instanceof FormatException
        ? cause
        : new FileException("cannot %s %s: %s".formatted(verb, file, reason(cause)), cause);
  }

  private static String reason(IOException cause) {
    String said =
        cause instanceof FileSystemException failure ? failure.getReason() : cause.getMessage();
    if (cause instanceof AccessDeniedException) {
      return "permission is denied";
    }
    if (cause instanceof NoSuchFileException || cause instanceof FileNotFoundException) {
      return "there is no such file";
    }
    if (cause instanceof CharacterCodingException) {
      return "it is not text in UTF-8";
    }
    if (cause instanceof ClosedChannelException) {
      return "it was closed, or a thread that read it was interrupted, which closes it for all";
    }
    if (said == null || said.isBlank()) {
      return cause.getClass().getSimpleName();
    }
    return said.contains("No space left") || said.contains("not enough space")
        ? "the disk is full (" + said + "); free some space and try again"
        : said;
  }
}
