package stride.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import stride.app.command.AugmentCommand;
import stride.app.command.BenchCommand;
import stride.app.command.CompareCommand;
import stride.app.command.ConvertCommand;
import stride.app.command.EvaluateCommand;
import stride.app.command.ExperimentCommand;
import stride.app.command.ExplainCommand;
import stride.app.command.InspectCommand;
import stride.app.command.LectureCommand;
import stride.app.command.LrFindCommand;
import stride.app.command.NetworksCommand;
import stride.app.command.PredictCommand;
import stride.app.command.ReportCommand;
import stride.app.command.RunCommand;
import stride.app.command.StyleCommand;
import stride.app.command.SummaryCommand;
import stride.app.command.TrainCommand;
import stride.app.console.Console;
import stride.app.console.ConsoleOwner;
import stride.app.console.Failures;
import stride.app.console.Output;
import stride.app.console.Terminal;
import stride.app.console.UsageException;
import stride.app.console.Version;

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
      StyleCommand.class,
      SummaryCommand.class,
      BenchCommand.class,
      AugmentCommand.class,
      NetworksCommand.class,
      ConvertCommand.class,
      InspectCommand.class,
      RunCommand.class,
      LectureCommand.class,
    },
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "\"stride COMMAND --help\" says what a command can do."})
public final class Main implements ConsoleOwner, Runnable {
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
    var charset = Terminal.charset();
    var err =
        new PrintWriter(
            new OutputStreamWriter(new FileOutputStream(FileDescriptor.err), charset), true);
    System.exit(run(Output.standard(), charset, err, Terminal.ofStandardError(), args));
  }

  /**
   * Runs a command whose output may not be taken.
   *
   * @return the exit status of {@link #run(Console, String...)}, or that of a failure to write what
   *     a command that succeeded had to say
   */
  static int run(
      Output stdout, Charset charset, PrintWriter err, Terminal terminal, String... args) {
    var out = new PrintWriter(new OutputStreamWriter(stdout, charset));
    var console = new Console(out, err, terminal);
    int status = run(console, args);
    out.flush();
    var failure = stdout.failure();
    return failure == null ? status : Failures.unwritten(console, failure, status);
  }

  /**
   * Runs a command as the process would, without ending the process.
   *
   * @return the exit status: 0 if it succeeded, 1 if it failed, 2 if it was called wrongly
   */
  static int run(Console console, String... args) {
    var line = line(console, args);
    try {
      refuseLeftOut(line, List.of(args));
      return line.execute(args);
    } catch (ParameterException e) {
      return Failures.usage(console, e.getCommandLine(), e);
    } catch (Error e) {
      // Picocli hands over exceptions only; running out of memory deserves a sentence too.
      return Failures.failure(console, line, e, List.of(args).contains("--verbose"));
    }
  }

  /**
   * What parses these arguments: the command that they begin with, or else all commands. Reading
   * the annotations of all takes longer than a short command does.
   */
  static CommandLine line(Console console, String[] args) {
    for (var command : Main.class.getAnnotation(Command.class).subcommands()) {
      if (args.length > 0
          && command.getSimpleName().equals(className(args[0]))
          && command.getAnnotation(Command.class).name().equals(args[0])) {
        var main = CommandSpec.wrapWithoutInspection(new Main(console)).name("stride");
        var line = new CommandLine(main);
        line.addSubcommand(args[0], command);
        return configured(line, console);
      }
    }
    return line(console);
  }

  /** The class of a command, such as LrFindCommand of "lr-find". */
  private static String className(String command) {
    return Stream.of(command.split("-"))
            .filter(part -> !part.isEmpty())
            .map(part -> Character.toUpperCase(part.charAt(0)) + part.substring(1))
            .collect(Collectors.joining())
        + "Command";
  }

  /** All commands. */
  static CommandLine line(Console console) {
    return configured(new CommandLine(new Main(console)), console);
  }

  /** Sets what holds for each command. */
  private static CommandLine configured(CommandLine line, Console console) {
    line.setOut(console.out());
    line.setErr(console.err());
    // "@photo.jpg" is a file, and no list of arguments.
    line.setExpandAtFiles(false);
    // "-hat.jpg" is not the option -h followed by other short options.
    line.setPosixClusteredShortOptionsAllowed(false);
    line.setAllowOptionsAsOptionParameters(true);
    line.registerConverter(Path.class, Main::path);
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(100);
    line.setExecutionStrategy(
        parsed -> {
          refuseEmpty(parsed);
          return new RunLast().execute(parsed);
        });
    line.setParameterExceptionHandler((e, wrong) -> Failures.usage(console, e.getCommandLine(), e));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          boolean verbose =
              parsed.asCommandLineList().getLast().getParseResult().hasMatchedOption("--verbose");
          return e instanceof UsageException
              ? Failures.usage(console, command, e)
              : Failures.failure(console, command, e, verbose);
        });
    return line;
  }

  /** An option in the place of another one's value is no file's name: the value was left out. */
  private static void refuseLeftOut(CommandLine line, List<String> args) {
    var command = line;
    for (int i = 0; i < args.size() - 1 && !args.get(i).equals("--"); i++) {
      command = command.getSubcommands().getOrDefault(args.get(i), command);
      var options = command.getCommandSpec().optionsMap();
      var option = options.get(args.get(i));
      if (option != null && option.arity().min() > 0) {
        String value = args.get(++i);
        if (options.containsKey(value.replaceFirst("=.*", ""))) {
          throw new ParameterException(
              command, "expected a value for %s, found %s".formatted(option.longestName(), value));
        }
      }
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(Failures.sentence(e));
    }
  }

  /** An empty argument is a variable of a script that was not set; as a path it is this folder. */
  private static void refuseEmpty(ParseResult parsed) {
    for (var command : parsed.asCommandLineList()) {
      for (var argument : command.getParseResult().matchedArgs()) {
        if (argument.originalStringValues().contains("")) {
          throw new ParameterException(
              command,
              "%s is empty"
                  .formatted(
                      argument instanceof OptionSpec option
                          ? option.longestName()
                          : argument.paramLabel()));
        }
      }
    }
  }

  /** Without a command: says which there are. */
  @Override
  public void run() {
    spec.commandLine().usage(console.out());
  }

  /** Where this process writes. */
  @Override
  public Console console() {
    return console;
  }
}
