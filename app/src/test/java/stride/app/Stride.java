package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import stride.app.console.Console;
import stride.app.console.Terminal;
import tools.jackson.jr.ob.JSON;

/**
 * A command that was run inside of this process.
 *
 * @param status the exit status
 * @param out all it wrote to stdout
 * @param err all it wrote to stderr
 */
public record Stride(int status, String out, String err) {

  /** Runs a command that writes to no terminal. */
  public static Stride run(Object... arguments) {
    return on(Terminal.none(), arguments);
  }

  /** Runs a command whose stderr is shown on a terminal. */
  public static Stride on(Terminal terminal, Object... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        Main.run(
            new Console(new PrintWriter(out), new PrintWriter(err), terminal),
            Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    return new Stride(status, out.toString(), err.toString());
  }

  /** Checks that it succeeded. */
  public Stride succeeds() {
    assertEquals(0, status, this::toString);
    return this;
  }

  /** Checks that it failed with one sentence that contains all of these. */
  public Stride failsWith(String... parts) {
    assertEquals(1, status, this::toString);
    assertEquals("", out);
    String said = err.lines().filter(line -> line.startsWith("stride: ")).toList().toString();
    for (String part : parts) {
      assertTrue(said.contains(part), () -> "expected \"%s\" in %s".formatted(part, this));
    }
    return this;
  }

  /** Checks that it says it was called wrongly, with all of these. */
  public Stride refusesWith(String... parts) {
    assertEquals(2, status, this::toString);
    assertEquals("", out);
    for (String part : parts) {
      assertTrue(err.contains(part), () -> "expected \"%s\" in %s".formatted(part, this));
    }
    return this;
  }

  /** The one line of stdout, as JSON. */
  public Map<String, Object> json() throws IOException {
    succeeds();
    var lines = out.lines().toList();
    assertEquals(1, lines.size(), this::toString);
    return JSON.std.mapFrom(lines.getFirst());
  }

  /** A list of objects in the JSON. */
  @SuppressWarnings("unchecked")
  public static List<Map<String, Object>> list(Map<String, Object> json, String field) {
    return (List<Map<String, Object>>) json.get(field);
  }
}
