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
  /** What stands for what could not be read. */
  private static final String REPLACEMENT = "\uFFFD";

  private FileNames() {}

  /**
   * {@return whether a path's text names it} A path that was found in a folder can be opened even
   * if not; but its text names another file, or none.
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
   * {@return a sentence that says of a path that its text does not name it, and what to do}
   *
   * @param path one that is not {@link #isText}
   */
  public static String complaint(Path path) {
    return explained("cannot use %s by its name".formatted(path));
  }

  /**
   * {@return a message with what to do, where it shows a name that the JVM could not read; any
   * other stays as it is}
   */
  public static String explained(String message) {
    return message.contains(REPLACEMENT) && !message.endsWith(advice())
        ? message + "; " + advice()
        : message;
  }

  /** {@return what helps where the JVM cannot read a name, or not write it} */
  public static String advice() {
    String charset = System.getProperty("sun.jnu.encoding", "");
    return charset.equals(StandardCharsets.UTF_8.name())
        ? REPLACEMENT + " stands for bytes that are not UTF-8: rename it, such as with convmv"
        : "this JVM reads names of files as %s: set LC_ALL=C.UTF-8 in the environment before it starts"
            .formatted(charset);
  }
}
