package stride.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that several processes share: the file of one process, and what they say to users. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralProcessesTest {
  private Path temp;
  private String images;
  private Path secret;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  void write(@TempDir Path shared) throws IOException {
    temp = shared;
    images = TinyImages.write(temp.resolve("images"), 110, 30).toString();
    secret = temp.resolve("secret");
    Files.writeString(secret, "0123456789abcdef0123456789abcdef\n");
  }

  private List<String> training(String network, String options) {
    var training = new ArrayList<>(List.of("train", network, "--data", "mnist"));
    training.addAll(List.of("--data-dir", images, "--threads", "1"));
    training.addAll(List.of(options.split(" ")));
    return training;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private List<String> joining(List<String> training, String rank, int port) {
    return Stream.concat(
            training.stream(),
            Stream.of(
                "--rank",
                rank,
                "--join",
                "localhost:" + port,
                "--secret-file",
                secret.toString(),
                "--timeout",
                "8"))
        .toList();
  }

  private static List<String> plus(List<String> arguments, Object... more) {
    return Stream.concat(arguments.stream(), Stream.of(more).map(Object::toString)).toList();
  }

  private Process start(String name, List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-Dstride.kernels=scalar"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "stride.app.Main"));
    command.addAll(arguments);
    var process =
        new ProcessBuilder(command)
            .directory(temp.toFile())
            .redirectError(temp.resolve(name + ".err").toFile())
            .redirectOutput(temp.resolve(name + ".out").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String said(String name) throws IOException {
    return Files.readString(temp.resolve(name + ".err"));
  }

  /** Waits for the end of a process. */
  private void ends(Process process, String name, int status) throws Exception {
    if (!process.waitFor(100, TimeUnit.SECONDS)) {
      started.forEach(Process::destroyForcibly);
      throw new AssertionError(name + " hangs: " + said(name));
    }
    assertEquals(status, process.exitValue(), said(name));
  }

  /** One process, in which the ranks are computed one after another. */
  private Path alone(List<String> training, String name) throws Exception {
    var run = temp.resolve(name);
    ends(start(name, plus(training, "--out", run)), name, 0);
    return run;
  }

  private void assertSame(Path expected, Path run) throws IOException {
    for (var file : List.of("model.safetensors", "best.safetensors")) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(file)), Files.readAllBytes(run.resolve(file)), file);
    }
  }

  @Test
  void twoAndFourProcessesWriteTheModelOfOne() throws Exception {
    share("lenet5", "--epochs 2 --batch 8");
  }

  @Test
  @Tag("slow")
  void batchNormAndAugmentationAreShared() throws Exception {
    share("resnet20", "--epochs 1 --batch 8 --augment light --ema 0.9");
  }

  private void share(String network, String options) throws Exception {
    var training = training(network, options + " --ranks 4");
    var expected = alone(training, network + "-alone");
    for (var ranks : List.of(List.of("0", "1", "2", "3"), List.of("0-1", "2-3"))) {
      share(training, network + "-" + ranks.size(), ranks, expected);
    }
  }

  private void share(List<String> training, String name, List<String> ranks, Path expected)
      throws Exception {
    int port = freePort();
    var run = temp.resolve(name);
    var processes = new ArrayList<Process>();
    for (var rank : ranks) {
      var own = joining(training, rank, port);
      processes.add(start(name + "-" + rank, rank.startsWith("0") ? plus(own, "--out", run) : own));
    }
    for (int i = 0; i < ranks.size(); i++) {
      ends(processes.get(i), name + "-" + ranks.get(i), 0);
    }
    assertSame(expected, run);
  }

  /** With the weights of a model, pictures of a folder and augmentation. */
  @Test
  @Tag("slow")
  void fineTuningIsShared() throws Exception {
    var first = alone(training("lenet5", "--epochs 1"), "first");
    var bars = temp.resolve("bars");
    PictureFolderTrainingTest.pictures(bars, 33, 30);
    var tuning = new ArrayList<>(List.of("train", "lenet5", "--data", bars.toString()));
    tuning.addAll(List.of("--val-fraction", "0.2", "--threads", "1", "--epochs", "2"));
    tuning.addAll(List.of("--batch", "5", "--ranks", "4", "--augment", "strong"));
    tuning.addAll(List.of("--freeze", "backbone", "--unfreeze-after", "1"));
    tuning.addAll(List.of("--weights", first.resolve("model.safetensors").toString()));
    share(tuning, "tuned", List.of("0", "1-3"), alone(tuning, "tuned-alone"));
  }

  /** Waits until a run has finished some epochs. */
  private static void awaitEpochs(Path run, int epochs, Process process) throws Exception {
    var metrics = run.resolve("metrics.jsonl");
    while (process.isAlive()
        && !(Files.exists(metrics) && Files.readAllLines(metrics).size() >= epochs)) {
      Thread.sleep(5);
    }
  }

  @Test
  @Tag("slow")
  void aKilledProcessEndsTheOthersAndTheyGoOn() throws Exception {
    var training = training("lenet5", "--epochs 60 --batch 4 --ranks 2");
    var expected = alone(training, "long-alone");
    int port = freePort();
    var run = temp.resolve("killed");
    var leading = start("killed-0", plus(joining(training, "0", port), "--out", run));
    var other = start("killed-1", joining(training, "1", port));
    awaitEpochs(run, 2, leading);
    other.destroyForcibly();
    ends(leading, "killed-0", 1);
    String said = said("killed-0");
    assertTrue(
        said.contains("stride: rank 1 on 127.0.0.1 has ended without a word")
            || said.contains("stride: the connection to rank 1 on 127.0.0.1 is lost"),
        said);
    assertTrue(said.contains("to go on: ./stride train --resume"), said);
    assertFalse(said.contains("\tat "), said);

    port = freePort();
    var resumed = joining(List.of("train", "--resume", run.toString()), "0", port);
    leading = start("resumed-0", resumed);
    other = start("resumed-1", joining(training, "1", port));
    ends(leading, "resumed-0", 0);
    ends(other, "resumed-1", 0);
    assertTrue(said("resumed-0").contains("going on after epoch"), said("resumed-0"));
    assertSame(expected, run);
  }

  @Test
  @Tag("slow")
  void aProcessThatStandsStillIsNoticed() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "needs /bin/kill");
    var training = training("lenet5", "--epochs 100000 --batch 4 --ranks 3");
    int port = freePort();
    var run = temp.resolve("stopped");
    var leading = start("stopped-0", plus(joining(training, "0", port), "--out", run));
    var stopped = start("stopped-1", joining(training, "1", port));
    var other = start("stopped-2", joining(training, "2", port));
    awaitEpochs(run, 1, leading);
    new ProcessBuilder("/bin/kill", "-STOP", "" + stopped.pid()).start().waitFor();
    try {
      ends(leading, "stopped-0", 1);
      ends(other, "stopped-2", 1);
    } finally {
      stopped.destroyForcibly();
    }
    for (var name : List.of("stopped-0", "stopped-2")) {
      assertTrue(
          said(name).contains("stride: rank 1 on 127.0.0.1 has given no sign of life for 8 s"),
          said(name));
    }
  }

  @Test
  void otherOptionsAndDataAreRefused() throws Exception {
    int port = freePort();
    var run = temp.resolve("refused");
    var leading =
        start(
            "refused-0",
            plus(joining(training("lenet5", "--epochs 1 --ranks 2"), "0", port), "--out", run));
    var other =
        start(
            "refused-1", joining(training("lenet5", "--epochs 1 --ranks 2 --lr 0.25"), "1", port));
    ends(leading, "refused-0", 1);
    ends(other, "refused-1", 1);
    for (var name : List.of("refused-0", "refused-1")) {
      String said = said(name);
      assertTrue(said.contains("stride: rank 1 would train otherwise than rank 0: "), said);
      assertTrue(said.contains("here 0.25"), said);
    }
    assertFalse(Files.exists(run), "a run that never began leaves no folder");
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() {
    var out = temp.resolve("never").toString();
    Stride.run("train", "lenet5", "--data", "mnist", "--rank", "0", "--out", out)
        .refusesWith("--rank I and --join HOST:PORT go together");
    Stride.run("train", "lenet5", "--data", "mnist", "--timeout", "3", "--out", out)
        .refusesWith("--timeout goes with --join");
    Stride.run("train", "lenet5", "--data", "mnist", "--ranks", "0", "--out", out)
        .refusesWith("--ranks takes 1 or more, found 0");
    Stride.run("train", "lenet5", "--data", "mnist", "--scale-rate", "--out", out)
        .refusesWith("--scale-rate goes with --ranks N");
    joined("--ranks", "2", "--rank", "2").refusesWith("--rank takes ranks from 0 to 1");
    joined("--rank", "1").refusesWith("--rank 1 needs --ranks N");
    joined("--ranks", "2", "--rank", "1", "--patience", "0")
        .refusesWith("--patience takes seconds");
    Stride.run("train", "lenet5", "--data", "mnist", "--patience", "3", "--out", out)
        .refusesWith("--patience goes with --join");
    joined("--ranks", "2", "--rank", "0-2").refusesWith("--rank takes ranks from 0 to 1");
    joined("--ranks", "2", "--rank", "x").refusesWith("--rank takes a number");
    joined("--ranks", "2", "--rank", "1", "--out", out).refusesWith("--out goes with rank 0");
    joined("--ranks", "2", "--rank", "0", "--log-gradients", "--out", out)
        .refusesWith("--log-gradients goes with a training in one process");
    Stride.run("train", "lenet5", "--data", "mnist", "--ranks", "2", "--rank", "1", "--join", "x")
        .refusesWith("--join takes HOST:PORT, found x");
    assertFalse(Files.exists(Path.of(out)));
  }

  /** Four ranks: four times the rate, after a warm-up; the file of settings says so, too. */
  @Test
  void theRateIsScaledOnRequestAndThatIsSaid() throws Exception {
    var run = temp.resolve("scaled");
    var options = "--epochs 2 --ranks 4 --batch 8 --scale-rate --lr 0.01 --schedule cosine";
    var said =
        Stride.run(plus(training("lenet5", options), "--out", run).toArray()).succeeds().err();
    assertTrue(
        said.contains("the rate is 0.01 times 4 for as many ranks, after a warm-up of 0.5 epochs"),
        said);
    var config = Files.readString(run.resolve("config.json"));
    assertTrue(config.contains("\"lr\" : 0.04"), config);
  }

  private Stride joined(String... more) {
    return Stride.run(
        Stream.concat(
                Stream.of("train", "lenet5", "--data", "mnist", "--data-dir", images),
                Stream.concat(
                    Stream.of("--join", "localhost:1", "--secret-file", secret.toString()),
                    Stream.of(more)))
            .toArray());
  }
}
