package stride.app;

import java.io.PrintWriter;
import java.util.Map;
import tools.jackson.jr.ob.JSON;

/**
 * Where a command writes: its result to stdout, all else to stderr.
 *
 * @param out the result, and nothing else
 * @param err progress, notes and errors
 * @param terminal what {@code err} is shown on
 */
public record Console(PrintWriter out, PrintWriter err, Terminal terminal) {

  /** Tells something that is not the result, in one line on stderr. */
  public void note(String line) {
    err.println(line);
    err.flush();
  }

  /** Prints a line of the result for people. */
  public void print(String line) {
    out.println(line);
    out.flush();
  }

  /** Prints the result for programs: one object in one line, in which what is unknown is null. */
  public void print(Map<String, ?> json) {
    out.println(JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(json));
    out.flush();
  }
}
