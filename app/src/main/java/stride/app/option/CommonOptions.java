package stride.app.option;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import stride.app.console.Console;
import stride.app.console.ConsoleOwner;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.engine.Engine;

/** The options of every command, and what follows from them. A command has it as {@code @Mixin}. */
public final class CommonOptions {
  private static final int MAX_THREADS = 1024;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--json",
      description = "Print the result as one JSON object, the last line of stdout.")
  private boolean json;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many threads compute; the numbers do not depend on it. Default: all CPUs.")
  private @Nullable Integer threads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where all randomness comes from; the same seed, the same bits. Default: 1.")
  private @Nullable Long seed;

  @Option(names = "--verbose", description = "Add the stack trace to an error.")
  boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  /** Whether the result is to be JSON. */
  public boolean json() {
    return json;
  }

  /** The number of threads that compute. */
  public int threads() {
    if (threads == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    if (threads < 1 || threads > MAX_THREADS) {
      throw new UsageException(
          Figures.format("--threads takes 1 to %,d, found %d", MAX_THREADS, threads));
    }
    return threads;
  }

  /** The seed, 1 if none was given. */
  public long seed() {
    return seed == null ? 1 : seed;
  }

  /** The seed, if one was given. */
  public @Nullable Long givenSeed() {
    return seed;
  }

  /**
   * Checks a number that was given.
   *
   * @throws UsageException if it is below 1
   */
  public static void atLeastOne(String option, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new UsageException("%s takes 1 or more, found %d".formatted(option, value));
    }
  }

  /** An engine with these threads, to be closed. */
  public Engine engine() {
    return Engine.withThreads(threads());
  }

  /** All of the command line. */
  public List<String> arguments() {
    return command.root().commandLine().getParseResult().originalArgs();
  }

  /** Where to write. */
  public Console console() {
    return ((ConsoleOwner) command.root().userObject()).console();
  }

  /**
   * Prints the result: the JSON if that was asked for, else the text.
   *
   * @param text one or more lines for people
   */
  public void result(Map<String, ?> json, String text) {
    if (this.json) {
      console().print(json);
    } else {
      console().print(text);
    }
  }
}
