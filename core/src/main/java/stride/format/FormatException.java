package stride.format;

import java.io.IOException;

/**
 * Thrown when a file violates its format. The message is one sentence that names the file, the part
 * of it, and the expected and the found value.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The most characters of a name or a value out of a file that a message shows. */
  private static final int LONGEST_QUOTE = 80;

  /**
   * Makes an exception without a cause.
   *
   * @param message one sentence; control characters in it are replaced by "?"
   */
  public FormatException(String message) {
    super(oneLine(message));
  }

  /**
   * Makes an exception with a cause.
   *
   * @param message one sentence; control characters in it are replaced by "?"
   * @param cause the failure
   */
  public FormatException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /**
   * Returns text as one line that moves no terminal's cursor, even if it comes out of a file.
   *
   * @param message any text
   * @return the text with "?" for each control character
   */
  public static String oneLine(String message) {
    return message.replaceAll("\\p{Cc}", "?");
  }

  /**
   * Returns text out of an untrusted file in the form that messages show: in quotes, cut to 80
   * characters, control characters replaced by "?".
   *
   * @param text any text
   * @return the quoted text
   */
  public static String quote(String text) {
    boolean cut = text.length() > LONGEST_QUOTE;
    var quoted = new StringBuilder("\"");
    text.codePoints()
        .limit(LONGEST_QUOTE)
        .map(c -> Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c)
        .forEach(quoted::appendCodePoint);
    return quoted.append(cut ? "...\"" : "\"").toString();
  }
}
