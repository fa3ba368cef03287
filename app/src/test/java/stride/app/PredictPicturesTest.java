package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.sequential;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;

/** Pictures of all formats, and the options for them. */
final class PredictPicturesTest {
  private static final Path TURNED = picture("core", "image", "orientation_6.jpg");
  private static final Path UPRIGHT = picture("core", "image", "orientation_1.jpg");
  private static final Path WEBP = picture("codecs", "codecs", "lossless.webp");

  /** Where the module stride.codecs stands on the class path. */
  private static final Pattern CODECS = Pattern.compile("[/\\\\](codecs|stride-codecs-)");

  private static final Pattern TESTS =
      Pattern.compile("test-classes|junit|opentest4j|apiguardian|surefire");

  @TempDir Path temp;
  private Path model;

  private static Path picture(String module, String folder, String name) {
    return Path.of("..", module, "src/test/resources/stride", folder, "pictures", name);
  }

  @BeforeEach
  void saveAModel() throws IOException {
    var preprocessing = Preprocessing.imageNet(16).resize(20);
    var network = Network.of(preprocessing.shape(), sequential(conv(4, 3), flatten(), dense(3)));
    model = temp.resolve("model.safetensors");
    new Model(
            network,
            Model.initialized(network, 1).weights(),
            List.of("ant", "bee", "cat"),
            preprocessing)
        .save(model);
  }

  private Object probability(Object... arguments) throws Exception {
    var images = Stride.list(Stride.run(arguments).json(), "images");
    return Stride.list(images.getFirst(), "top").getFirst().get("probability");
  }

  @Test
  void whatDoesNotClassifyImagesIsRefused() throws IOException {
    Model.load(model).withTask(Task.VALUES).save(model);
    for (String command : List.of("predict", "explain")) {
      var run =
          command.equals("predict")
              ? Stride.run(command, model, WEBP)
              : Stride.run(command, model, WEBP, "--out", temp.resolve("out"));
      run.failsWith(model + " does not classify images, its task is values: programs ask it");
    }
  }

  @Test
  void webPIsReadByTheCodecsThatComeWithTheCommandLine() {
    assertTrue(Stride.run("predict", model, WEBP).succeeds().out().startsWith(WEBP.toString()));
  }

  @Test
  void webPIsReadOnTheLaunchersModulePathToo() throws Exception {
    var modules = new ArrayList<String>();
    var codecs = new ArrayList<String>();
    for (var name : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (CODECS.matcher(name).find()) {
        codecs.add(name);
      } else if (!TESTS.matcher(name).find()) {
        modules.add(name);
      }
    }
    String without = process(1, String.join(File.pathSeparator, modules), "predict", model, WEBP);
    assertTrue(without.contains("WebP"), without);
    modules.addAll(codecs);
    String with = process(0, String.join(File.pathSeparator, modules), "predict", model, WEBP);
    assertTrue(with.startsWith(WEBP.toString()), with);
  }

  private String process(int status, String modules, Object... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dstride.kernels=scalar",
                "-p",
                modules,
                "-m",
                "stride.app/stride.app.Main"));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    var output = temp.resolve("output.txt").toFile();
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the command did not end");
    String text = Files.readString(output.toPath());
    assertEquals(status, process.exitValue(), text);
    return text;
  }

  @Test
  void picturesAreTurnedUprightUnlessToldOtherwise() throws Exception {
    var upright = probability("predict", model, UPRIGHT, "--json");
    assertNotEquals(upright, probability("predict", model, TURNED, "--json"));
    assertEquals(upright, probability("predict", model, TURNED, "--json", "--no-exif"));
  }

  @Test
  void whatAModelCallsItsClassesDoesNotReachTheTerminalAsACommand() throws Exception {
    var hostile = temp.resolve("hostile.safetensors");
    Model.load(model).withLabels(List.of("\u001b[2Jant", "\u009b2Jbee", "c\u0007at")).save(hostile);
    String said = Stride.run("predict", hostile, WEBP).succeeds().out();
    assertTrue(said.contains("?[2Jant") && said.contains("?2Jbee") && said.contains("c?at"), said);
    assertTrue(said.strip().chars().noneMatch(Character::isISOControl), said);
  }

  @Test
  void largePicturesAreRefused() {
    Stride.run("predict", model, WEBP, "--max-pixels", 962).succeeds();
    Stride.run("predict", model, WEBP, "--max-pixels", 961)
        .failsWith("lossless.webp: has 37x26 pixels, at most 961 are read");
    Stride.run("predict", model, WEBP, "--max-pixels", 0)
        .refusesWith("--max-pixels takes 1 or more, found 0");
  }
}
