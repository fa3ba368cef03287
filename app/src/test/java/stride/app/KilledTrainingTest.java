package stride.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.network.Model;
import stride.zoo.Zoo;
import tools.jackson.jr.ob.JSON;

/** Real processes, ended in the middle and gone on with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledTrainingTest {
  private static final int EPOCHS = 6;

  /** The quickest to start. */
  private static final List<String> SCALAR = List.of("-Dstride.kernels=scalar");

  /** What most people run. */
  private static final List<String> VECTOR = List.of("-Dstride.kernels=vector");

  private final Map<List<String>, Path> unbroken = new HashMap<>();
  private Path temp;
  private List<String> training;

  @BeforeAll
  void writeImages(@TempDir Path shared) throws Exception {
    temp = shared;
    var images = TinyImages.write(temp.resolve("images"), 300, 50).toString();
    training = onData("--data", "mnist", "--data-dir", images);
  }

  private static List<String> onData(String... data) {
    return plus(
        List.of("train", "lenet5", "--epochs", Integer.toString(EPOCHS), "--threads", "2"), data);
  }

  @Test
  void killedAndGoneOnWith() throws Exception {
    killAndGoOn(SCALAR, training, 1, 3);
  }

  /** All that a training keeps from step to step, or decides by the epochs before. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--freeze backbone --unfreeze-after 3 --head-lr-factor 5 --ema 0.9",
        "--augment strong --accumulate 2 --clip-grad-norm 1 --batch 16,32",
        "--augment light --schedule plateau --lr-patience 0 --early-stopping 2 --log-gradients"
      })
  void killedWithEveryFeatureAndGoneOnWith(String options) throws Exception {
    killAndGoOn(SCALAR, plus(training, options.split(" ")), options.hashCode(), 3);
  }

  /** Pictures that are read ahead, and features that are computed once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--augment none --freeze backbone --unfreeze-after 4 --loss bce",
        "--augment strong --cache-pictures --class-weights balanced"
      })
  void killedOnPicturesAndGoneOnWith(String options) throws Exception {
    var pictures = temp.resolve("bars " + options.hashCode());
    PictureFolderTrainingTest.pictures(pictures, 60, 40);
    var onPictures =
        plus(onData("--data", pictures.toString(), "--val-fraction", "0.2"), options.split(" "));
    killAndGoOn(SCALAR, onPictures, options.hashCode(), 3);
  }

  /** A detector, whose pictures are read ahead, cut and put together. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--augment strong --ema 0.9 --cache-pictures",
        "--augment light --freeze backbone --unfreeze-after 3"
      })
  void killedOnBoxesAndGoneOnWith(String options) throws Exception {
    var pictures = temp.resolve("boxes " + options.hashCode());
    BoxPictureFolder.write(pictures, 24);
    var network = "train fastestdet --input 64x64x3 --batch 4 --lr 0.01 --threads 2";
    var data = List.of("--data", pictures.toString(), "--val-fraction", "0.2");
    var training = plus(List.of(network.split(" ")), data.toArray(String[]::new));
    var onBoxes = plus(plus(training, "--epochs", "" + EPOCHS), options.split(" "));
    killAndGoOn(SCALAR, onBoxes, options.hashCode(), 3);
  }

  /** A network that learns to paint, and what it paints of a photo on the way. */
  @Test
  void killedPaintingAndGoneOnWith() throws Exception {
    var photos = Files.createDirectories(temp.resolve("photos"));
    for (int n = 0; n < 10; n++) {
      NoisePicture.write(photos.resolve(n + ".png"), 70 + n, 66, n);
    }
    var painting = temp.resolve("painting.png");
    NoisePicture.write(painting, 80, 64, 11);
    var judge = temp.resolve("judge.pth");
    Model.initialized(Zoo.find("squeezenet1_1").network(), 2).savePyTorch(judge);
    var network = "train style_8 --input 64x64x3 --batch 2 --threads 2 --style-weight 3";
    var data = List.of("--data", photos.toString(), "--style", painting.toString());
    var training = plus(plus(List.of(network.split(" ")), data), "--loss-weights", "" + judge);
    killAndGoOn(SCALAR, plus(training, "--epochs", "" + EPOCHS), 5, 3);
    var whole = temp.resolve("unbroken-" + (unbroken.size() - 1)).resolve("painted");
    var run = temp.resolve("killed-5").resolve("painted");
    assertEquals(EPOCHS, files(whole).size());
    assertEquals(files(whole), files(run));
    for (var name : files(whole)) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(name)), Files.readAllBytes(run.resolve(name)), name);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void killedAgainAndAgain(int seed) throws Exception {
    killAndGoOn(VECTOR, training, seed, 12);
  }

  private void killAndGoOn(List<String> kernels, List<String> training, int seed, int kills)
      throws Exception {
    long start = System.nanoTime();
    var whole = unbroken(kernels, training);
    int longest = (int) ((System.nanoTime() - start) / 1_000_000);
    var random = new Random(seed);
    var run = temp.resolve("killed-" + seed);
    var goOn = List.of("train", "--resume", run.toString());
    var process = start(kernels, plus(training, "--out", run.toString()));
    while (process.isAlive() && !Files.exists(run.resolve("config.json"))) {
      Thread.sleep(1);
    }
    var moments = new ArrayList<Integer>();
    for (int i = 0; i < kills; i++) {
      moments.add(random.nextInt(Math.clamp(longest, 500, 3000)));
      process.waitFor(moments.getLast(), TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();
      process = start(kernels, goOn);
    }
    finish(process);
    assertSame(whole, run, "seed %d, killed after %s ms".formatted(seed, moments));
  }

  @Test
  void askedToEnd() throws Exception {
    assumeTrue(ProcessHandle.current().supportsNormalTermination());
    var run = temp.resolve("asked to end");
    var process = start(SCALAR, plus(training, "--out", run.toString()));
    while (process.isAlive() && lines(run.resolve("metrics.jsonl")) < 1) {
      Thread.sleep(1);
    }
    process.destroy();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "a training does not end");
    assertNotEquals(0, process.exitValue());
    var said = Files.readString(temp.resolve("err"));
    assertTrue(said.contains("stopped after step "), said);
    assertTrue(said.contains("to go on: ./stride train --resume '" + run + "'"), said);
    assertTrue(Files.exists(run.resolve("checkpoint.safetensors")));
    assertEquals("", Files.readString(temp.resolve("out")));

    finish(start(SCALAR, List.of("train", "--resume", run.toString(), "--json")));
    assertTrue(Files.readString(temp.resolve("err")).contains("going on after "));
    assertSame(unbroken(SCALAR, training), run, "asked to end");
  }

  @Test
  void saysNothingThatIsNotItsOwn() throws Exception {
    var whole = unbroken(SCALAR, training);
    finish(start(SCALAR, List.of("train", "--resume", whole.toString(), "--json")));
    var err = Files.readAllLines(temp.resolve("err"));
    err.removeIf(line -> line.equals("WARNING: Using incubator modules: jdk.incubator.vector"));
    assertEquals(List.of(whole + " is finished; there is nothing to go on with"), err);
    assertEquals(1, lines(temp.resolve("out")));
  }

  /** A run without a break on the same kernels. */
  private Path unbroken(List<String> kernels, List<String> training) throws Exception {
    var key = plus(kernels, training);
    var known = unbroken.get(key);
    if (known != null) {
      return known;
    }
    var run = temp.resolve("unbroken-" + unbroken.size());
    finish(start(kernels, plus(training, "--out", run.toString())));
    assertTrue(Files.exists(run.resolve("model.safetensors")));
    unbroken.put(key, run);
    return run;
  }

  private Process start(List<String> kernels, List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-Xmx1g", "-Duser.language=de"));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(kernels);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "stride.app.Main"));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .directory(temp.toFile())
        .redirectError(temp.resolve("err").toFile())
        .redirectOutput(temp.resolve("out").toFile())
        .start();
  }

  private void finish(Process process) throws Exception {
    assertTrue(process.waitFor(200, TimeUnit.SECONDS), "a training hangs");
    assertEquals(0, process.exitValue(), Files.readString(temp.resolve("err")));
  }

  private static List<String> plus(List<String> arguments, String... more) {
    return plus(arguments, List.of(more));
  }

  private static List<String> plus(List<String> arguments, List<String> more) {
    return Stream.concat(arguments.stream(), more.stream()).toList();
  }

  private static int lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private static void assertSame(Path whole, Path run, String how) throws IOException {
    assertEquals(metrics(whole), metrics(run), how);
    for (var model : List.of("model.safetensors", "best.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(model)), Files.readAllBytes(run.resolve(model)), how);
    }
    assertEquals(files(whole), files(run), how);
  }

  private static List<String> files(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A run's metrics, times aside. */
  private static List<Map<String, Object>> metrics(Path run) throws IOException {
    var epochs = new ArrayList<Map<String, Object>>();
    for (var line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      var epoch = JSON.std.mapFrom(line);
      epoch.remove("seconds");
      epoch.remove("images_per_second");
      epochs.add(epoch);
    }
    assertFalse(epochs.isEmpty());
    return epochs;
  }
}
