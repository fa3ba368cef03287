package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.Terminal;

class CommandLineTest {
  @TempDir Path temp;

  @Test
  void saysWhatCommandsThereAre() {
    var help = Stride.run("--help").succeeds().out();
    assertEquals(help, Stride.run().succeeds().out());
    commands().forEach(command -> assertTrue(help.contains("\n  " + command + " "), help));
    assertTrue(Stride.run("--version").succeeds().out().startsWith("Stride "));
  }

  /** The names of all commands, of which there have to be some. */
  static List<String> commands() {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var line = Main.line(new Console(nowhere, nowhere, Terminal.none()));
    var names = List.copyOf(line.getSubcommands().keySet());
    assertTrue(names.contains("train"), names::toString);
    return names;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasTheCommonOptions(String command) {
    var help = Stride.run(command, "--help").succeeds().out();
    for (var option : List.of("--help", "--json", "--threads", "--seed", "--verbose")) {
      assertTrue(help.contains(option), help);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void readsTheAnnotationsOfTheCommandThatIsAskedForAlone(String command) {
    var nowhere = new PrintWriter(Writer.nullWriter());
    var console = new Console(nowhere, nowhere, Terminal.none());
    var alone = Main.line(console, new String[] {command, "--help"}).getSubcommands();
    assertEquals(Set.of(command), alone.keySet());
    assertEquals(
        Main.line(console).getSubcommands().get(command).getUsageMessage(),
        alone.get(command).getUsageMessage());
  }

  private static Object[] plus(List<String> command, Object... more) {
    return Stream.concat(command.stream(), Stream.of(more)).toArray();
  }

  @Test
  void wrongUsageExitsWithTwo() {
    Stride.run("trian").refusesWith("stride: ", "trian", "did you mean train");
    Stride.run("networks", "--colour").refusesWith("--colour", "stride networks --help");
    Stride.run("summary").refusesWith("NETWORK");
    Stride.run("evaluate", "model.safetensors").refusesWith("--data");
    Stride.run("predict", "model.safetensors").refusesWith("IMAGE");
    Stride.run("predict", "m", "i", "--top", 0).refusesWith("--top", "0");
    Stride.run("train").refusesWith("train lenet5 --data mnist");
    Stride.run("train", "lenet5").refusesWith("train lenet5 --data mnist");
    Stride.run("train", "lenet5", "--data", "mnist", "--epochs", "many").refusesWith("many");
    Stride.run("train", "lenet5", "--data", "mnist", "--epochs", 0).refusesWith("--epochs", "0");
    Stride.run("train", "lenet5", "--data", "mnist", "--batch", -1).refusesWith("--batch", "-1");
    Stride.run("train", "lenet5", "--data", "mnist", "--lr", "0").refusesWith("--lr", "0");
    Stride.run("train", "lenet5", "--data", "mnist", "--lr", "NaN").refusesWith("--lr", "NaN");
    Stride.run("train", "lenet5", "--data", "mnist", "--optimizer", "newton")
        .refusesWith("sgd, adam, adamw, rmsprop", "newton");
    var mnist = List.of("train", "lenet5", "--data", "mnist");
    Stride.run(plus(mnist, "--optimizer", "adam", "--nesterov")).refusesWith("--nesterov", "sgd");
    Stride.run(plus(mnist, "--milestones", "3,6")).refusesWith("multi-step", "is one-cycle");
    Stride.run(plus(mnist, "--lr-gamma", 0.5)).refusesWith("step or multi-step or plateau");
    Stride.run(plus(mnist, "--schedule", "multi-step", "--milestones", 100))
        .refusesWith("--milestones", "the training's 10, found 100");
    Stride.run(plus(mnist, "--schedule", "step")).refusesWith("needs --lr-step");
    Stride.run(plus(mnist, "--batch", "8,16,32", "--epochs", 2))
        .refusesWith("--batch has 3 sizes for 2 epochs");
    Stride.run(plus(mnist, "--freeze", "backbone", "--unfreeze-after", 3, "--epochs", 3))
        .refusesWith("--unfreeze-after 3: there are 3 epochs");
    Stride.run("evaluate", "m.safetensors", "--data", "mnist", "--no-exif")
        .refusesWith("--no-exif", "mnist");
    Stride.run("augment", ".", "--data-dir", ".", "--out", "sheet.png").refusesWith("--data-dir");
    Stride.run("train", "lenet5", "--data", "mnist", "--skip-broken")
        .refusesWith("--skip-broken goes with pictures in files", "mnist");
    Stride.run("bench").refusesWith("bench resnet50");
    Stride.run("bench", "lenet5", "--augment", "light").refusesWith("--loader");
    Stride.run("bench", "--loader", ".", "--layers").refusesWith("--layers", "--loader");
    Stride.run("bench", "lenet5", "--batch", 0).refusesWith("--batch takes 1 or more, found 0");
    Stride.run("bench", "lenet5", "--steps", -2).refusesWith("--steps takes 1 or more, found -2");
    Stride.run("bench", "lenet5", "--mode", "learning")
        .refusesWith("--mode", "expected inference or training, found learning");
    Stride.run("bench", "lenet5", "--input", "28x28").refusesWith("--input", "28x28");
    Stride.run("inspect").refusesWith("FILE");
    Stride.run("convert", "a.pth").refusesWith("OUT");
    Stride.run("networks", "--threads", "many").refusesWith("--threads");
  }

  @Test
  void listsNetworks() throws Exception {
    var text = Stride.run("networks").succeeds();
    assertTrue(text.out().contains("lenet5"), text.out());
    assertTrue(text.out().contains("61,706"), text.out());
    assertEquals("", text.err());
    var lenet = Stride.list(Stride.run("networks", "--json").json(), "networks").getFirst();
    assertEquals("lenet5", lenet.get("name"));
    assertEquals(61_706, lenet.get("parameters"));
    assertEquals(416_520, lenet.get("multiply_adds"));
    assertEquals(List.of(28, 28, 1), lenet.get("input"));
    for (var name : List.of("resnet20", "resnet18", "vgg16", "mobilenet_v2")) {
      assertTrue(text.out().contains("\n" + name + " "), text.out());
    }
  }

  @Test
  void summarisesLenet5InTheLecturesTerms() throws Exception {
    var text = Stride.run("summary", "lenet5").succeeds().out();
    for (var terms :
        List.of("150 + 6", "2,400 + 16", "48,000 + 120", "10,080 + 84", "840 + 10", " 61,706 ")) {
      assertTrue(text.contains(terms), text);
    }
    var json = Stride.run("summary", "lenet5", "--json").json();
    assertEquals(61_706, json.get("parameters"));
    assertEquals(416_520, json.get("multiply_adds"));
    var layers = Stride.list(json, "layers");
    assertEquals(
        61_706, layers.stream().mapToInt(layer -> (Integer) layer.get("parameters")).sum());
    assertEquals("conv1", layers.getFirst().get("name"));
    assertEquals("conv", layers.getFirst().get("kind"));
    assertEquals(List.of(28, 28, 6), layers.getFirst().get("output"));
    assertEquals(156, layers.getFirst().get("parameters"));
    assertEquals(117_600, layers.getFirst().get("multiply_adds"));
    assertTrue(layers.getFirst().get("details").toString().contains("5x5"));
  }

  @Test
  void summariesCountAuxiliaryHeads() throws Exception {
    var json = Stride.run("summary", "googlenet", "--json").json();
    assertEquals(13_004_888, json.get("parameters"));
    assertEquals(1_498_376_192, json.get("multiply_adds"));
    assertEquals(Set.of("output", "aux1", "aux2"), Set.copyOf((List<?>) json.get("outputs")));
    var text = Stride.run("summary", "googlenet").succeeds().out();
    assertTrue(text.contains("8,372,224 multiply-adds more are for aux1 and aux2"), text);
    assertEquals(
        27_161_264, Stride.run("summary", "inception_v3", "--json").json().get("parameters"));
  }

  @Test
  void summarisesEveryNetwork() throws Exception {
    var networks = Stride.list(Stride.run("networks", "--json").json(), "networks");
    assertTrue(networks.size() >= 46, networks.size() + " networks");
    for (var network : networks) {
      var json = Stride.run("summary", network.get("name"), "--json").json();
      assertEquals(network.get("parameters"), json.get("parameters"));
      assertEquals(network.get("multiply_adds"), json.get("multiply_adds"));
    }
  }

  @Test
  void summarisesForOtherImages() throws Exception {
    var json = Stride.run("summary", "lenet5", "--input", "32x32x3", "--json").json();
    assertEquals(List.of(32, 32, 3), json.get("input"));
    // 75 x 6 + 6, then 16 maps of 6x6 instead of 5x5 into 120 units.
    assertEquals(61_706 + 300 + 11 * 16 * 120, json.get("parameters"));
    Stride.run("summary", "lenet5", "--input", "4x4x1").failsWith("conv2", "2x2x6");
    for (var wrong : List.of("32x32", "32", "axbxc", "0x1x1", "99999x99999x3", "")) {
      Stride.run("summary", "lenet5", "--input", wrong).refusesWith("--input", wrong);
    }
  }

  @Test
  void namesWhatThereIsInsteadOfTheUnknown() {
    Stride.run("summary", "lenet6").failsWith("lenet6", "there are", "lenet5");
    Stride.run("train", "lenet6", "--data", "mnist").failsWith("lenet6", "lenet5");
    Stride.run("train", "lenet5", "--data", "nist").failsWith("nist", "mnist, fashion-mnist");
    Stride.run("evaluate", "x.safetensors", "--data", "nist").failsWith("mnist, fashion-mnist");
  }

  @Test
  void explainsFilesThatAreNoModels() throws Exception {
    var missing = temp.resolve("missing.safetensors");
    Stride.run("evaluate", missing, "--data", "mnist")
        .failsWith("there is no such file", "missing");
    var text = Files.writeString(temp.resolve("text.safetensors"), "these are no weights at all");
    Stride.run("evaluate", text, "--data", "mnist").failsWith("text.safetensors");
    Stride.run("evaluate", temp, "--data", "mnist").failsWith("it is a folder");
  }

  @Test
  void verboseAddsTheStackTrace() {
    assertFalse(Stride.run("summary", "lenet6").failsWith("lenet6").err().contains("\tat "));
    assertTrue(
        Stride.run("summary", "lenet6", "--verbose").failsWith("lenet6").err().contains("\tat "));
  }

  @Test
  void numbersLookTheSameInEveryCountry() {
    var before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.of("de", "DE"));
      assertTrue(Stride.run("networks").succeeds().out().contains("61,706"));
      assertEquals("97.50 %", Figures.percent(0.975));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void writesTimesAsPeopleReadThem() {
    assertEquals("41.2 s", Figures.seconds(41.23));
    assertEquals("1:45 min", Figures.seconds(105));
    assertEquals("2:03:07 h", Figures.seconds(7387));
    assertEquals("0:05", Figures.clock(5.2));
    assertEquals("1:00:00", Figures.clock(3600));
    assertEquals("1 epoch", Figures.count(1, "epoch"));
    assertEquals("1,200 epochs", Figures.count(1200, "epoch"));
  }

  @Test
  void outOfMemoryIsASentence() {
    var sentence = Failures.sentence(new OutOfMemoryError("Java heap space"));
    assertTrue(sentence.contains("STRIDE_JAVA_OPTS=-Xmx"), sentence);
    assertEquals(1, sentence.lines().count());
  }

  @ParameterizedTest
  @CsvSource({
    "bench lenet5, 'or use a smaller --batch'",
    "train lenet5, 'or use a smaller --batch'",
    "style a.png --style b.png --out c.png, 'or use a smaller --size'",
    "style a.png --model b --out c.png, 'STRIDE_JAVA_OPTS=-Xmx4g'",
    "predict lenet5 a.png, 'STRIDE_JAVA_OPTS=-Xmx4g'"
  })
  void outOfMemoryAdvisesOnlyWhatTheCommandTakes(String command, String end) {
    var said = new StringWriter();
    var console =
        new Console(new PrintWriter(Writer.nullWriter()), new PrintWriter(said), Terminal.none());
    var line = Main.line(console, command.split(" "));
    line.parseArgs(command.split(" "));
    assertEquals(1, Failures.failure(console, line, new OutOfMemoryError("heap"), false));
    assertTrue(said.toString().strip().endsWith(end), said.toString());
  }
}
