package stride.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;
import stride.format.FileException;
import stride.format.FormatException;
import stride.train.TrainingException;

/** What goes wrong, as one sentence on stderr and an exit status. */
final class Failures {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private Failures() {}

  /** A command failed. */
  static int failure(Console console, Throwable failure, boolean verbose) {
    console.note("stride: " + sentence(failure));
    if (verbose) {
      failure.printStackTrace(console.err());
      console.err().flush();
    }
    return FAILED;
  }

  /** A command was called wrongly. */
  static int usage(Console console, CommandLine command, Exception failure) {
    console.note("stride: " + oneLine(String.valueOf(failure.getMessage())));
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      console.note("did you mean %s?".formatted(String.join(" or ", unmatched.getSuggestions())));
    }
    console.note(
        "\"%s --help\" says how to call it".formatted(command.getCommandSpec().qualifiedName()));
    return WRONG_USAGE;
  }

  /** The failure in one sentence. Those that Stride throws say it themselves. */
  static String sentence(Throwable failure) {
    String said = failure.getMessage();
    return switch (failure) {
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          sentence(wrapped.getCause());
      case FileException _, FormatException _, TrainingException _, IllegalArgumentException _
          when said != null ->
          oneLine(said);
      case IOException _ ->
          "a file could not be read or written: %s"
              .formatted(said == null ? failure.getClass().getSimpleName() : oneLine(said));
      case OutOfMemoryError _ ->
          Figures.format(
              "out of memory: the heap may grow to %,d MB; give it more with"
                  + " STRIDE_JAVA_OPTS=-Xmx4g, or use a smaller --batch",
              Runtime.getRuntime().maxMemory() >> 20);
      default ->
          "this should not have happened: %s; --verbose shows where"
              .formatted(oneLine(failure.toString()));
    };
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
