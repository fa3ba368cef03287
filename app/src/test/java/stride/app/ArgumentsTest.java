package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import stride.app.console.Console;
import stride.app.console.Terminal;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** Arguments that name files are taken as they are, whatever they look like. */
class ArgumentsTest {
  /** Names that a command line might take for something else. */
  private static final List<String> ODD =
      List.of(
          "@photo.jpg",
          "@@photo.jpg",
          "-photo.jpg",
          "--photo.jpg",
          "-hat.jpg",
          "-Vase.jpg",
          "=photo.jpg",
          "a=b.jpg",
          "a photo.jpg",
          " photo.jpg ",
          "\"photo.jpg\"",
          "'photo.jpg'",
          "\"",
          "it's.jpg",
          "*.jpg",
          "photo?.jpg",
          "[1].jpg",
          "{a,b}.jpg",
          "a,b.jpg",
          "${sys:user.home}.jpg",
          "${COMMAND-NAME}",
          "$HOME.jpg",
          "%41.jpg",
          "%s%n.jpg",
          "#photo.jpg",
          "~.jpg",
          "a;b&c|d.jpg",
          "a\\b.jpg",
          "a\nb.jpg",
          "a\tb.jpg",
          "!photo.jpg",
          "null",
          "true");

  @TempDir Path temp;

  private static Console nobody() {
    var nowhere = new PrintWriter(OutputStream.nullOutputStream());
    return new Console(nowhere, nowhere, Terminal.none());
  }

  /** An argument of a command that takes text, and how the command is called. */
  record Argument(List<String> command, ArgSpec spec) {
    String name() {
      return spec instanceof OptionSpec option ? option.longestName() : spec.paramLabel();
    }

    @Override
    public String toString() {
      return String.join(" ", command) + " " + name();
    }
  }

  static List<Argument> arguments() {
    var found = new ArrayList<Argument>();
    collect(Main.line(nobody()), List.of(), found);
    return found;
  }

  private static void collect(CommandLine line, List<String> command, List<Argument> found) {
    for (var argument : line.getCommandSpec().args()) {
      var type = argument.typeInfo().isMultiValue() ? argument.auxiliaryTypes()[0] : null;
      if (argument.type() == Path.class
          || argument.type() == String.class
          || type == Path.class
          || type == String.class) {
        found.add(new Argument(command, argument));
      }
    }
    line.getSubcommands()
        .forEach(
            (name, below) ->
                collect(below, Stream.concat(command.stream(), Stream.of(name)).toList(), found));
  }

  @Test
  void thereAreArguments() {
    assertTrue(arguments().size() >= 50, arguments().toString());
  }

  @ParameterizedTest
  @MethodSource("arguments")
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no files of most of these names")
  void areTakenAsTheyAre(Argument argument) {
    for (String odd : ODD) {
      if (argument.spec instanceof OptionSpec option) {
        if (odd.contains(",") && option.splitRegex().equals(",")) {
          continue;
        }
        taken(odd, argument, List.of(argument.name() + "=" + odd));
        taken(odd, argument, List.of(argument.name(), odd));
      } else {
        taken(odd, argument, List.of("--", odd));
        if (!odd.startsWith("-")) {
          taken(odd, argument, List.of(odd));
        }
      }
    }
  }

  /** Parses what is given together with whatever else the command needs. */
  private static void taken(String value, Argument argument, List<String> given) {
    var call = new ArrayList<>(argument.command);
    var spec = argument.spec;
    for (var other : spec.command().requiredArgs()) {
      if (other != spec && other instanceof OptionSpec option) {
        call.add(option.longestName() + "=1");
      }
    }
    if (spec instanceof PositionalParamSpec positional) {
      for (int i = 0; i < positional.index().min(); i++) {
        call.add("before");
      }
      call.addAll(given);
      int last =
          spec.command().positionalParameters().stream()
              .filter(CommandLine.Model.ArgSpec::required)
              .mapToInt(other -> other.index().min())
              .max()
              .orElse(0);
      for (int i = positional.index().min(); i < last; i++) {
        call.add("behind");
      }
    } else {
      call.addAll(given);
      spec.command().positionalParameters().stream()
          .filter(CommandLine.Model.ArgSpec::required)
          .forEach(other -> call.add("other"));
    }
    var parsed =
        Main.line(nobody()).parseArgs(call.toArray(String[]::new)).asCommandLineList().getLast();
    assertEquals(
        argument.command,
        Stream.of(parsed.getCommandSpec().qualifiedName(" ").split(" ")).skip(1).toList(),
        () -> "of " + call);
    Object got =
        parsed.getCommandSpec().args().stream()
            .filter(
                found ->
                    found instanceof OptionSpec option
                        ? option.longestName().equals(argument.name())
                        : spec instanceof PositionalParamSpec same
                            && ((PositionalParamSpec) found).index().equals(same.index()))
            .findFirst()
            .orElseThrow()
            .getValue();
    assertEquals(
        value,
        String.valueOf(got instanceof List<?> list ? list.getFirst() : got),
        () -> "of " + call);
  }

  @Test
  void anOptionIsNoValueOfAnother() {
    for (var argument : arguments()) {
      if (argument.spec instanceof OptionSpec option) {
        for (String other : List.of("--json", "--seed=3", "-h")) {
          var call = new ArrayList<Object>(argument.command);
          call.addAll(List.of(option.longestName(), other, "3"));
          Stride.run(call.toArray())
              .refusesWith("expected a value for %s, found %s".formatted(argument.name(), other));
        }
      }
    }
  }

  /** An unset variable of a script must not be this folder. */
  @ParameterizedTest
  @MethodSource("arguments")
  void areNotEmpty(Argument argument) {
    var call = new ArrayList<Object>(argument.command);
    for (var other : argument.spec.command().requiredArgs()) {
      if (other != argument.spec && other instanceof OptionSpec option) {
        call.add(option.longestName() + "=x");
      }
    }
    var positional = argument.spec.command().positionalParameters();
    if (argument.spec instanceof OptionSpec) {
      call.add(argument.name() + "=");
      positional.forEach(_ -> call.add("x"));
    } else {
      positional.forEach(_ -> call.add(""));
    }
    Stride.run(call.toArray()).refusesWith(" is empty");
  }

  private Path model() throws IOException {
    var network =
        Network.of(Shape.image(8, 8, 3), Layers.sequential(Layers.flatten(), Layers.dense(2)));
    var file = temp.resolve("model.safetensors");
    Model.initialized(network, 1).withLabels(List.of("a", "b")).save(file);
    return file;
  }

  private void picture(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no files of most of these names")
  void picturesOfOddNamesArePredicted() throws Exception {
    var model = model();
    for (String odd : ODD) {
      var file = temp.resolve("pictures").resolve(odd);
      picture(file);
      var images = Stride.list(Stride.run("predict", model, file, "--json").json(), "images");
      assertEquals(1, images.size(), odd);
      assertEquals(file.toString(), images.getFirst().get("image"));
      assertEquals(1, Stride.run("predict", model, file).succeeds().out().lines().count(), odd);
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no folders of these names")
  void aFolderThatIsThereIsNoPattern() throws Exception {
    var model = model();
    for (String odd : List.of("[2024] trip", "{a}", "a*b", "@b", "-c")) {
      picture(temp.resolve(odd).resolve("1.png"));
      picture(temp.resolve(odd).resolve("[2]").resolve("2.png"));
      for (String pattern : List.of("*.png", "[2]/*.png", "[[]2]/?.png")) {
        var named = temp.resolve(odd) + "/" + pattern;
        var images = Stride.list(Stride.run("predict", model, named, "--json").json(), "images");
        assertEquals(1, images.size(), named);
      }
    }
  }

  /** What looks like an option and is a file: the way to name it is said. */
  @Test
  void aFileThatBeginsWithADashIsPointedOut() throws Exception {
    for (String name : List.of("-photo-of-a-test.png", "-hat-of-a-test.png")) {
      var file = Files.createFile(Path.of(name));
      try {
        Stride.run("predict", "model.safetensors", file)
            .refusesWith("there is a file %s: call it ./%s".formatted(name, name), "--");
        Stride.run("predict", "model.safetensors", "a.png", file).refusesWith("call it ./" + name);
      } finally {
        Files.delete(file);
      }
    }
  }
}
