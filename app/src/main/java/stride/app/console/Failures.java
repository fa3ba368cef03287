package stride.app.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;
import stride.format.FileException;
import stride.format.FileNames;
import stride.format.FormatException;
import stride.train.ExchangeException;
import stride.train.TrainingException;

/** What goes wrong, as one sentence on stderr and an exit status. */
public final class Failures {
  public static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  /** As shells report a program that a pipe without a reader has ended. */
  static final int NOT_READ = 141;

  private Failures() {}

  /**
   * A command failed.
   *
   * @param line what has parsed it
   */
  public static int failure(Console console, CommandLine line, Throwable failure, boolean verbose) {
    console.note(
        "stride: "
            + sentence(failure)
            + (failure instanceof OutOfMemoryError ? smaller(line) : ""));
    if (verbose) {
      failure.printStackTrace(console.err());
      console.err().flush();
    }
    return FAILED;
  }

  /** What else helps where memory is short, if the command takes it. */
  private static String smaller(CommandLine line) {
    var command = line.getParseResult().asCommandLineList().getLast();
    var spec = command.getCommandSpec();
    if (spec.findOption("--batch") != null) {
      return ", or use a smaller --batch";
    }
    // A model paints pictures as large as they are.
    boolean sized =
        spec.findOption("--size") != null && !command.getParseResult().hasMatchedOption("--model");
    return sized ? ", or use a smaller --size" : "";
  }

  /**
   * A command has done its work, and its result could not be written. Where that is because nobody
   * reads it, as in {@code stride networks | head -1}, there is nothing to say.
   *
   * @param status what the command ended with, which is kept if it failed
   */
  public static int unwritten(Console console, IOException failure, int status) {
    String said = String.valueOf(failure.getMessage());
    if (said.contains("Broken pipe") || said.contains("pipe is being closed")) {
      return status == 0 ? NOT_READ : status;
    }
    console.note(
        "stride: "
            + (said.contains("Bad file descriptor")
                ? "cannot write stdout: it is closed"
                : sentence(FileException.writing(Path.of("stdout"), failure))));
    return status == 0 ? FAILED : status;
  }

  /** A command was called wrongly. */
  public static int usage(Console console, CommandLine command, Exception failure) {
    console.note("stride: " + FileNames.explained(oneLine(String.valueOf(failure.getMessage()))));
    if (failure instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      console.note("did you mean %s?".formatted(String.join(" or ", unmatched.getSuggestions())));
    }
    for (var argument : command.getUnmatchedArguments()) {
      if (argument.startsWith("-") && isFile(argument)) {
        console.note(
            "there is a file %s: call it ./%s, or write -- before it"
                .formatted(argument, argument));
      }
    }
    console.note(
        "\"%s --help\" says how to call it".formatted(command.getCommandSpec().qualifiedName()));
    return WRONG_USAGE;
  }

  private static boolean isFile(String name) {
    try {
      return Files.exists(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** The failure in one sentence. Those that Stride throws say it themselves. */
  public static String sentence(Throwable failure) {
    return FileNames.explained(words(failure));
  }

  private static String words(Throwable failure) {
    String said = failure.getMessage();
    return switch (failure) {
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          words(wrapped.getCause());
      case InvalidPathException wrong ->
          "%s cannot be the name of a file: %s".formatted(oneLine(wrong.getInput()), reason(wrong));
      case FileException _,
          FormatException _,
          ExchangeException _,
          TrainingException _,
          IllegalArgumentException _
          when said != null ->
          oneLine(said);
      case IOException _ ->
          "a file could not be read or written: %s"
              .formatted(said == null ? failure.getClass().getSimpleName() : oneLine(said));
      case OutOfMemoryError _ ->
          Figures.format(
              "out of memory: the heap may grow to %,d MB; give it more with"
                  + " STRIDE_JAVA_OPTS=-Xmx4g",
              Runtime.getRuntime().maxMemory() >> 20);
      default ->
          "this should not have happened: %s; --verbose shows where"
              .formatted(oneLine(failure.toString()));
    };
  }

  private static String reason(InvalidPathException wrong) {
    String said = oneLine(wrong.getReason());
    return said.contains("unmappable") ? FileNames.advice() : said;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
