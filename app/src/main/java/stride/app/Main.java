package stride.app;

import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import stride.app.lecture.LectureCommand;

/** The {@code stride} command: finds the command that is asked for and runs it. */
@Command(
    name = "stride",
    mixinStandardHelpOptions = true,
    description = "Convolutional networks for the JVM, in pure Java.",
    subcommands = {
      TrainCommand.class,
      LrFindCommand.class,
      ExperimentCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      ExplainCommand.class,
      CompareCommand.class,
      PredictCommand.class,
      SummaryCommand.class,
      BenchCommand.class,
      AugmentCommand.class,
      NetworksCommand.class,
      ConvertCommand.class,
      InspectCommand.class,
      LectureCommand.class,
    },
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "\"stride COMMAND --help\" says what a command can do."})
public final class Main implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec;

  private Main(Console console) {
    this.console = console;
  }

  public static void main(String[] args) {
    // Numbers look the same in every country, those in the library's messages too.
    Locale.setDefault(Locale.ROOT);
    // Pictures are read, never shown.
    System.setProperty("java.awt.headless", "true");
    var console =
        new Console(
            new PrintWriter(System.out, true),
            new PrintWriter(System.err, true),
            Terminal.ofStandardError());
    System.exit(run(console, args));
  }

  /**
   * Runs a command as the process would, without ending the process.
   *
   * @return the exit status: 0 if it succeeded, 1 if it failed, 2 if it was called wrongly
   */
  static int run(Console console, String... args) {
    var line = new CommandLine(new Main(console));
    line.setOut(console.out());
    line.setErr(console.err());
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler((e, wrong) -> Failures.usage(console, e.getCommandLine(), e));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          boolean verbose =
              parsed.asCommandLineList().getLast().getParseResult().hasMatchedOption("--verbose");
          return e instanceof UsageException
              ? Failures.usage(console, command, e)
              : Failures.failure(console, e, verbose);
        });
    try {
      return line.execute(args);
    } catch (Error e) {
      // Picocli hands over exceptions only; running out of memory deserves a sentence too.
      return Failures.failure(console, e, java.util.List.of(args).contains("--verbose"));
    }
  }

  /** Without a command: says which there are. */
  @Override
  public void run() {
    spec.commandLine().usage(console.out());
  }

  /** Where this process writes. */
  Console console() {
    return console;
  }

  /** The version of the module, as the build gives it to the jar. */
  static final class Version implements IVersionProvider {
    static String text() {
      var descriptor = Main.class.getModule().getDescriptor();
      return descriptor == null ? "unknown" : descriptor.rawVersion().orElse("unknown");
    }

    @Override
    public String[] getVersion() {
      return new String[] {
        "Stride " + text(),
        "Java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")"
      };
    }
  }
}
