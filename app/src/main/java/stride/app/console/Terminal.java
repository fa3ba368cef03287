package stride.app.console;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What text is shown on.
 *
 * @param present whether there is a terminal at all, and not a file or a pipe
 * @param width columns, where that is known
 * @param unicode whether it shows more than ASCII
 */
public record Terminal(boolean present, int width, boolean unicode) {
  private static final int USUAL_WIDTH = 80;
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  /** No terminal: a file, a pipe, a test. */
  public static Terminal none() {
    return new Terminal(false, USUAL_WIDTH, false);
  }

  /**
   * What text is written in: UTF-8, whatever the locale, as files and programs expect it. Only a
   * console of Windows shows its own.
   */
  public static Charset charset() {
    var console = isWindows() ? System.console() : null;
    return console != null && console.isTerminal() ? console.charset() : StandardCharsets.UTF_8;
  }

  private static boolean isWindows() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
  }

  /**
   * What stderr goes to. {@link System#console} does not say: it is about stdin and stdout, and
   * stdout is a pipe where a program reads the result.
   */
  public static Terminal ofStandardError() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return none();
    }
    boolean unicode = System.err.charset().equals(StandardCharsets.UTF_8);
    if (isWindows()) {
      var console = System.console();
      return console != null && console.isTerminal()
          ? new Terminal(true, USUAL_WIDTH, unicode)
          : none();
    }
    try {
      if (Files.isSymbolicLink(STANDARD_ERROR)
          && !Files.readSymbolicLink(STANDARD_ERROR).startsWith("/dev")) {
        return none();
      }
      // Java cannot ask by itself; this also works where there is no /proc.
      var asked =
          new ProcessBuilder("sh", "-c", "test -t 2 && stty size <&2 2>/dev/null")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String size = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return asked.waitFor(1, TimeUnit.SECONDS) && asked.exitValue() == 0
          ? new Terminal(true, width(size), unicode)
          : none();
    } catch (IOException e) {
      return none();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return none();
    }
  }

  /** The second of the two numbers that {@code stty size} prints: rows and columns. */
  private static int width(String size) {
    var numbers = size.strip().split(" ", -1);
    try {
      int width = numbers.length == 2 ? Integer.parseInt(numbers[1]) : 0;
      return width > 0 ? width : USUAL_WIDTH;
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }
}
