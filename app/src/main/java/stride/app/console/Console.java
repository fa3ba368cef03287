package stride.app.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import stride.format.StrictJson;

/**
 * Where a command writes: its result to stdout, all else to stderr.
 *
 * @param out the result, and nothing else
 * @param err progress, notes and errors
 * @param terminal what {@code err} is shown on
 */
public record Console(PrintWriter out, PrintWriter err, Terminal terminal) {
  /** Control characters but line ends and tabs, those of two bytes too. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\r\\n\\t]]|\\r(?!\\n)");

  /** The largest number of passed-over entries that are named; the others are counted. */
  private static final int MAX_NAMED = 10;

  private static final Pattern LINE_END = Pattern.compile("[\\r\\n\\t]");

  /** Tells something that is not the result, in one line on stderr. */
  public void note(String line) {
    err.println(harmless(line));
    err.flush();
  }

  /** Tells what was found and is not used: the first entries, and how many more there are. */
  public static List<String> passedOver(Collection<String> entries) {
    var lines = new ArrayList<String>();
    entries.stream().limit(MAX_NAMED).forEach(entry -> lines.add("passed over: " + entry));
    if (entries.size() > MAX_NAMED) {
      lines.add("passed over: %s more".formatted(Figures.count(entries.size() - MAX_NAMED)));
    }
    return lines;
  }

  /** Prints a line of the result for people. */
  public void print(String line) {
    out.println(harmless(line));
    out.flush();
  }

  /** What a file calls its classes and tensors must not move the terminal's cursor. */
  private static String harmless(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }

  /** A name as a part of a line: a file's may have line ends in it. */
  public static String inLine(String name) {
    return LINE_END.matcher(name).replaceAll("?");
  }

  /**
   * Prints the result for programs: one object in one line, in which what is unknown or no number
   * is null.
   */
  public void print(Map<String, ?> json) {
    out.println(StrictJson.line(json));
    out.flush();
  }
}
