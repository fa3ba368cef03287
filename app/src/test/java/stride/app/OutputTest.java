package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import stride.app.console.Console;
import stride.app.console.Output;
import stride.app.console.Terminal;
import stride.app.data.NumpyTensors;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.onnx.tensor.OnnxTensor;
import stride.tensor.Shape;
import stride.zoo.Zoo;

/** What commands do when stdout cannot be written: none may say that it succeeded. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutputTest {
  private static final int NOT_READ = 141;

  /** How each command is called so that it succeeds. */
  private final Map<String, List<String>> calls = new LinkedHashMap<>();

  @BeforeAll
  void findCalls(@TempDir Path temp) throws IOException {
    String pictures = temp.resolve("pictures").toString();
    for (String part : List.of("train", "val")) {
      for (int label = 0; label < 2; label++) {
        var folder = Files.createDirectories(Path.of(pictures, part, "class" + label));
        for (int i = 0; i < 3; i++) {
          var picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
          picture.setRGB(i, label, 0xFF00FF);
          ImageIO.write(picture, "png", folder.resolve(i + ".png").toFile());
        }
      }
    }
    String picture = pictures + "/val/class0/0.png";
    String digits = TinyImages.write(temp.resolve("digits"), 20, 10).toString();
    String model = temp.resolve("model.safetensors").toString();
    var network =
        Network.of(
            Shape.image(32, 32, 3),
            Layers.sequential(
                Layers.conv(4, 3), Layers.globalAvgPool(), Layers.flatten(), Layers.dense(2)));
    Model.initialized(network, 1).withLabels(List.of("class0", "class1")).save(Path.of(model));
    var train = List.of("train", "lenet5", "--data", "mnist", "--data-dir", digits, "--epochs=1");
    var run = new ArrayList<>(train);
    run.addAll(List.of("--out", temp.resolve("run").toString()));
    Stride.run(run.toArray()).succeeds();
    String made = temp.resolve("run").toString();

    calls.put("", List.of());
    calls.put("train", List.of("train", "--resume", made));
    calls.put(
        "lr-find",
        List.of(
            "lr-find",
            "lenet5",
            "--data=mnist",
            "--data-dir",
            digits,
            "--steps=10",
            out(temp, ".svg")));
    calls.put(
        "experiment",
        List.of(
            "experiment",
            "activations",
            "--data-dir",
            digits,
            "--epochs=1",
            "--networks=lenet5-relu-max",
            out(temp, "")));
    calls.put("evaluate", List.of("evaluate", model, "--data", pictures));
    calls.put("report", List.of("report", made, out(temp, ".html")));
    calls.put("explain", List.of("explain", model, picture, out(temp, "")));
    calls.put("compare", List.of("compare", made, out(temp, ".html")));
    calls.put("predict", List.of("predict", model, picture));
    String squeezenet = temp.resolve("squeezenet1_1.safetensors").toString();
    Model.initialized(Zoo.find("squeezenet1_1").network(), 1).save(Path.of(squeezenet));
    calls.put(
        "style",
        List.of(
            "style",
            picture,
            "--style",
            picture,
            "--weights",
            squeezenet,
            "--steps=1",
            out(temp, ".png")));
    calls.put("summary", List.of("summary", "lenet5"));
    calls.put("bench", List.of("bench", "lenet5", "--batch=1", "--steps=1"));
    calls.put("augment", List.of("augment", pictures, out(temp, ".png"), "--variants=1"));
    calls.put("networks", List.of("networks"));
    calls.put("convert", List.of("convert", model, temp + "/converted.pth"));
    calls.put("inspect", List.of("inspect", model));
    var numbers = temp.resolve("numbers.npy");
    NumpyTensors.write(OnnxTensor.of(new int[] {1, 3, 32, 32}, new float[3 * 32 * 32]), numbers);
    calls.put("run", List.of("run", model, "--input=" + numbers, out(temp, "")));
    calls.put("lecture", List.of("lecture", "--list"));
    calls.put("lecture edges", List.of("lecture", "edges", picture, out(temp, ".png")));
  }

  /** A path of its own. */
  private String out(Path temp, String suffix) {
    return "--out=" + temp.resolve("out" + calls.size() + suffix);
  }

  static Set<String> commands() {
    var names = new TreeSet<String>();
    collect(Main.line(nobody()), "", names);
    return names;
  }

  private static void collect(CommandLine line, String name, Set<String> names) {
    names.add(name);
    line.getSubcommands()
        .forEach((below, command) -> collect(command, (name + " " + below).strip(), names));
  }

  private static Console nobody() {
    var nowhere = new PrintWriter(OutputStream.nullOutputStream());
    return new Console(nowhere, nowhere, Terminal.none());
  }

  /** A stdout whose every write fails as the system's would. */
  private static final class Failing extends OutputStream {
    private final String reason;

    Failing(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }

  private record Ended(int status, String err) {}

  private static Ended run(OutputStream stdout, List<String> arguments) {
    var err = new StringWriter();
    int status =
        Main.run(
            new Output(stdout),
            StandardCharsets.UTF_8,
            new PrintWriter(err),
            Terminal.none(),
            arguments.toArray(String[]::new));
    return new Ended(status, err.toString());
  }

  private static List<String> help(String command) {
    return plus(command.isEmpty() ? List.of() : List.of(command.split(" ")), "--help");
  }

  private static List<String> plus(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }

  @Test
  void everyCommandIsCalled() {
    assertEquals(commands(), new TreeSet<>(calls.keySet()));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aFullDiskIsAFailureInOneSentence(String command) {
    for (var call : List.of(calls.get(command), help(command))) {
      var ended = run(new Failing("No space left on device"), call);
      assertEquals(1, ended.status, () -> call + ": " + ended);
      assertEquals(1, sentences(ended.err), () -> call + ": " + ended);
      assertTrue(ended.err.contains("stride: cannot write stdout: the disk is full"), ended.err);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aReaderThatHasGoneEndsItQuietly(String command) {
    var json = plus(calls.get(command), command.isEmpty() ? "--version" : "--json");
    for (var call : List.of(json, help(command))) {
      var ended = run(new Failing("Broken pipe"), call);
      assertEquals(NOT_READ, ended.status, () -> call + ": " + ended);
      assertEquals(0, sentences(ended.err), () -> call + ": " + ended);
    }
  }

  private static long sentences(String err) {
    return err.lines().filter(line -> line.startsWith("stride: ")).count();
  }

  @Test
  void aClosedStdoutIsAFailure() {
    var ended = run(new Failing("Bad file descriptor"), List.of("networks"));
    assertEquals(1, ended.status);
    assertEquals("stride: cannot write stdout: it is closed", ended.err.strip());
  }

  /** As a disk that has room for the beginning only. */
  @Test
  void theLastBytesCountToo() throws IOException {
    var whole = Stride.run("networks").out().getBytes(StandardCharsets.UTF_8);
    var room =
        new OutputStream() {
          private int left = whole.length - 1;

          @Override
          public void write(int b) throws IOException {
            if (left-- == 0) {
              throw new IOException("No space left on device");
            }
          }
        };
    assertEquals(1, run(room, List.of("networks")).status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", "Broken pipe"})
  void whatFailedAnywayKeepsItsStatus(String reason) {
    var lecture = List.of("lecture", "no such example");
    assertEquals(2, run(new Failing(reason), lecture).status);
    assertEquals(1, run(new Failing(reason), List.of("summary", "lenet6")).status);
  }

  @Test
  void whatCommandsWriteIsUtf8() {
    var bytes = new java.io.ByteArrayOutputStream();
    assertEquals(0, run(bytes, List.of("summary", "lenet5", "--json")).status);
    assertTrue(bytes.toString(StandardCharsets.UTF_8).startsWith("{\"network\":"));
  }
}
