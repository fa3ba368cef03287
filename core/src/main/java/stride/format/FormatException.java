package stride.format;

import java.io.IOException;

/**
 * A file is not what its format says it should be. The message is one sentence that names the file,
 * the part of it, what was expected and what was found.
 */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** How much of a name or a value out of a file goes into a message. */
  private static final int LONGEST_QUOTE = 80;

  public FormatException(String message) {
    super(oneLine(message));
  }

  public FormatException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Whatever a file has brought into a message, it is one line. */
  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cc}", "?");
  }

  /**
   * Text out of an untrusted file as a message shows it: in quotes, no longer than a line, control
   * characters replaced by "?".
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
