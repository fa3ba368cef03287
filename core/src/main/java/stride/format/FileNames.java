package stride.format;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Names of files that the JVM cannot read as text. On Linux they are bytes, and the JVM takes them
 * for text in the character set of the locale that it was started in: in that of {@code LANG=C} all
 * letters but ASCII's come out as replacement characters, and so do bytes that are not UTF-8
 * elsewhere.
 */
public final class FileNames {
  /** The character in place of bytes that could not be read. */
  private static final String REPLACEMENT = "\uFFFD";

  private FileNames() {}

  /**
   * Returns whether a path's text names it. A path that was found in a folder can be opened even if
   * its text does not name it; but the text then names another file, or none.
   *
   * @param path any path
   * @return whether a path made of {@code path.toString()} equals it
   */
  public static boolean isText(Path path) {
    String text = path.toString();
    if (!text.contains(REPLACEMENT)) {
      return true;
    }
    try {
      // The replacement character may also be the name's own.
      return path.getFileSystem().getPath(text).equals(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * Returns a sentence that says that a path's text does not name the path, and what to do.
   *
   * @param path one that is not {@link #isText}
   * @return a message for the user
   */
  public static String complaint(Path path) {
    return explained("cannot use %s by its name".formatted(path));
  }

  /**
   * Returns a message, completed by what to do if it shows a name that the JVM could not read.
   *
   * @param message any message
   * @return the message, unchanged if all names in it could be read
   */
  public static String explained(String message) {
    return message.contains(REPLACEMENT) && !message.endsWith(advice())
        ? message + "; " + advice()
        : message;
  }

  /** {@return advice for the case that the JVM cannot read or write a file's name} */
  public static String advice() {
    String charset = System.getProperty("sun.jnu.encoding", "");
    return charset.equals(StandardCharsets.UTF_8.name())
        ? REPLACEMENT + " stands for bytes that are not UTF-8: rename it, such as with convmv"
        : "this JVM reads names of files as %s: set LC_ALL=C.UTF-8 in the environment before it starts"
            .formatted(charset);
  }
}
