package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import stride.app.Stride;
import stride.app.TinyImages;
import stride.app.console.Terminal;
import stride.app.run.RunConfig;
import stride.app.run.RunFolder;
import stride.network.Model;
import stride.tensor.Shape;
import tools.jackson.jr.ob.JSON;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrainCommandTest {
  @TempDir Path temp;
  private Path images;

  @BeforeAll
  void writeImages(@TempDir Path shared) throws IOException {
    images = TinyImages.write(shared.resolve("images"), 200, 50);
  }

  /** Trains LeNet-5 on the tiny images. */
  private Stride train(Object... more) {
    var arguments = new ArrayList<Object>(List.of("train", "lenet5", "--data", "mnist"));
    arguments.addAll(List.of("--data-dir", images, "--batch", 20));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--epochs")) {
      arguments.addAll(List.of("--epochs", 2));
    }
    return Stride.run(arguments.toArray());
  }

  @Test
  void trainsAndSaysHowItWent() throws Exception {
    var run = temp.resolve("run");
    var result = train("--out", run, "--seed", 7, "--json");
    var json = result.json();
    assertEquals(
        List.of(
            "network",
            "dataset",
            "epochs",
            "seed",
            "test_accuracy",
            "test_top5",
            "train_loss",
            "seconds",
            "images_per_second",
            "model"),
        List.copyOf(json.keySet()));
    assertEquals("lenet5", json.get("network"));
    assertEquals("mnist", json.get("dataset"));
    assertEquals(2, json.get("epochs"));
    assertEquals(7, json.get("seed"));
    assertEquals(run.resolve("model.safetensors").toString(), json.get("model"));

    // No bar on what is no terminal: a line for each epoch.
    var lines = result.err().lines().toList();
    assertEquals(4, lines.size(), result.err());
    assertTrue(lines.get(0).startsWith("lenet5 on mnist: 2 epochs"), result.err());
    assertEquals("200 training and 50 test images of 28x28x1; 61,706 parameters", lines.get(1));
    assertTrue(lines.get(2).startsWith("epoch 1/2: loss "), result.err());
    assertTrue(lines.get(3).startsWith("epoch 2/2: loss "), result.err());
    assertFalse(result.err().contains("\r"));

    var metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertEquals(2, metrics.size());
    assertEquals(json.get("train_loss"), JSON.std.mapFrom(metrics.getLast()).get("loss"));
    var config = JSON.std.mapFrom(Files.readString(run.resolve("config.json")));
    assertEquals(0.05, config.get("lr"));
    assertEquals("sgd", config.get("optimizer"));
    assertEquals("cross-entropy", config.get("loss"));
    assertEquals(List.of(), leftovers(run));

    var evaluated =
        Stride.run(
                "evaluate",
                run.resolve("model.safetensors"),
                "--data",
                "mnist",
                "--data-dir",
                images,
                "--json")
            .json();
    assertEquals(json.get("test_accuracy"), evaluated.get("top1"));
    assertEquals(50, evaluated.get("images"));
    assertTrue((Double) evaluated.get("top5") >= (Double) evaluated.get("top1"));
  }

  @Test
  void anInputOfAnotherSizeIsThatOfTheModelToo() throws Exception {
    var run = temp.resolve("run");
    var trained = train("--out", run, "--input", "20x20x1", "--json");
    assertTrue(trained.err().contains("50 test images of 20x20x1"), trained.err());
    assertEquals("20x20x1", RunFolder.configOf(run).text("input"));
    var model = run.resolve("model.safetensors");
    assertEquals(Shape.image(20, 20, 1), Model.load(model).network().input());
    var evaluated =
        Stride.run("evaluate", model, "--data", "mnist", "--data-dir", images, "--json").json();
    assertEquals(trained.json().get("test_accuracy"), evaluated.get("top1"));
    Stride.run("report", run).succeeds();
    Stride.run("train", "--resume", run, "--input", "28x28x1")
        .refusesWith("--input 28x28x1", "with 20x20x1");

    train("--out", temp.resolve("colour"), "--input", "28x28x3")
        .failsWith("images of 28x28x1 cannot be resized to 28x28x3");
    train("--out", temp.resolve("flat"), "--input", "28x20x1").failsWith("digits", "28x20x1");
    train("--input", "28").refusesWith("--input", "expected height x width x channels", "28");
  }

  @Test
  void showsABarOnATerminal() throws Exception {
    for (int width : List.of(120, 80, 40, 10)) {
      var run = temp.resolve(Integer.toString(width));
      var arguments = List.of("train", "lenet5", "--data", "mnist", "--data-dir", images);
      var more = List.of("--epochs", 2, "--out", run, "--json");
      var result =
          Stride.on(
              new Terminal(true, width, false),
              Stream.concat(arguments.stream(), more.stream()).toArray());
      result.json();
      var shown = List.of(result.err().split("\r", -1));
      assertTrue(shown.size() > 2, result.err());
      for (var line : shown.subList(1, shown.size())) {
        assertEquals(width - 1, line.lines().findFirst().orElseThrow().length(), line);
      }
      assertTrue(shown.getLast().startsWith("epoch 2/2"), result.err());
      assertEquals(width >= 80, shown.getLast().contains("####"), result.err());
    }
  }

  @Test
  void theBarIsFullInTheEndWhateverTheBatches() throws Exception {
    for (var batches : List.of("40,20,5", "5,20,40")) {
      var arguments = List.of("train", "lenet5", "--data", "mnist", "--data-dir", images);
      var more = List.of("--epochs", 3, "--batch", batches, "--out", temp.resolve(batches));
      var terminal = new Terminal(true, 120, false);
      var result = Stride.on(terminal, Stream.concat(arguments.stream(), more.stream()).toArray());
      var last = List.of(result.succeeds().err().split("\r", -1)).getLast();
      assertTrue(last.startsWith("epoch 3/3 ####"), result.err());
      assertFalse(last.contains("#."), result.err());
    }
  }

  @Test
  void predictsPicturesWithWhatItTrained() throws Exception {
    var run = temp.resolve("run");
    train("--out", run, "--epochs", 1).succeeds();
    var model = run.resolve("model.safetensors");
    var one = temp.resolve("one.png");
    var picture = new BufferedImage(60, 90, BufferedImage.TYPE_BYTE_GRAY);
    picture.createGraphics().fillRect(25, 10, 8, 60);
    ImageIO.write(picture, "png", one.toFile());

    var images = Stride.list(Stride.run("predict", model, one, one, "--json").json(), "images");
    assertEquals(2, images.size());
    assertEquals(images.get(0), images.get(1));
    assertEquals(one.toString(), images.get(0).get("image"));
    var top = Stride.list(images.get(0), "top");
    assertEquals(3, top.size());
    assertEquals(List.of("label", "index", "probability"), List.copyOf(top.getFirst().keySet()));
    assertEquals(top.get(0).get("label"), top.get(0).get("index").toString());
    assertTrue((Double) top.get(0).get("probability") >= (Double) top.get(1).get("probability"));

    var text = Stride.run("predict", model, one, "--top", 2).succeeds().out();
    assertTrue(text.matches(".*one\\.png  \\d \\([0-9.]+ %\\), \\d \\([0-9.]+ %\\)\\R"), text);
    assertEquals(10, Stride.run("predict", model, one, "--top", 99).out().split(", ", -1).length);

    var empty = Files.createFile(temp.resolve("empty.png"));
    Stride.run("predict", model, empty).failsWith("empty.png");
    Stride.run("predict", model, temp.resolve("no.png")).failsWith("no.png", "no such file");
    Stride.run("predict", one, one).failsWith("one.png");
  }

  @Test
  void saysTheResultInATableAndASentence() {
    var run = temp.resolve("run");
    var result = train("--out", run, "--epochs", 1, "--threads", 1).succeeds();
    assertTrue(
        result
            .out()
            .matches(
                "epoch +loss +right +test loss +test right +time\\R-+\\R"
                    + " +1 +\\d\\.\\d{4} +[0-9.]+ % +\\d\\.\\d{4} +[0-9.]+ % +[0-9.]+ s  best\\R\\R"
                    + "\\d+\\.\\d\\d % of 50 test images right after 1 epoch in [0-9.]+ s; saved "
                    + run.resolve("model.safetensors")
                    + "\\RTo look at it: ./stride report "
                    + run
                    + "\\R"),
        result.out());
  }

  @Test
  void optionsOverrideTheRecipe() throws Exception {
    for (var optimizer : List.of("sgd", "adam", "adamw", "rmsprop")) {
      var run = temp.resolve(optimizer);
      train("--out", run, "--epochs", 1, "--optimizer", optimizer).succeeds();
      var config = JSON.std.mapFrom(Files.readString(run.resolve("config.json")));
      assertEquals(optimizer, config.get("optimizer"));
      assertEquals(optimizer.equals("sgd") ? 0.05 : 0.001, config.get("lr"));
    }
    train("--out", temp.resolve("rate"), "--epochs", 1, "--lr", 0.25).succeeds();
    var config = JSON.std.mapFrom(Files.readString(temp.resolve("rate/config.json")));
    assertEquals(0.25, config.get("lr"));
    train("--out", temp.resolve("nesterov"), "--epochs", 1, "--nesterov").succeeds();
    config = JSON.std.mapFrom(Files.readString(temp.resolve("nesterov/config.json")));
    assertEquals(true, config.get("nesterov"));
    assertNotEquals(
        -1,
        Files.mismatch(
            temp.resolve("sgd/model.safetensors"), temp.resolve("nesterov/model.safetensors")));
  }

  @Test
  void threadsDoNotChangeTheBits() throws Exception {
    train("--out", temp.resolve("1"), "--threads", 1).succeeds();
    train("--out", temp.resolve("3"), "--threads", 3).succeeds();
    assertArrayEquals(
        Files.readAllBytes(temp.resolve("1/model.safetensors")),
        Files.readAllBytes(temp.resolve("3/model.safetensors")));
  }

  @Test
  void neverOverwritesARun() throws Exception {
    var run = temp.resolve("run");
    train("--out", run, "--epochs", 1).succeeds();
    var before = Files.readAllBytes(run.resolve("model.safetensors"));
    train("--out", run, "--epochs", 1, "--seed", 2)
        .failsWith("holds a run already", "--resume " + run);
    assertArrayEquals(before, Files.readAllBytes(run.resolve("model.safetensors")));

    var kept = Files.createDirectory(temp.resolve("kept")).resolve("best.safetensors");
    Files.copy(run.resolve("best.safetensors"), kept);
    train("--out", kept.getParent()).failsWith("holds best.safetensors, which the run would");
    assertArrayEquals(
        Files.readAllBytes(run.resolve("best.safetensors")), Files.readAllBytes(kept));
  }

  @Test
  void aFinishedRunGivesItsResultAgain() throws Exception {
    var run = temp.resolve("run");
    var first = train("--out", run, "--json").json();
    var again = Stride.run("train", "--resume", run, "--json");
    assertEquals(first, again.json());
    assertTrue(again.err().contains("is finished"), again.err());
  }

  @Test
  void goesOnFromWhereItWas() throws Exception {
    var whole = temp.resolve("whole");
    var result = train("--out", whole, "--json").json();

    // As a kill leaves them: before the first checkpoint, and before the model.
    var early = copy(whole, temp.resolve("early"));
    Files.delete(early.resolve("checkpoint.safetensors"));
    Files.delete(early.resolve("model.safetensors"));
    Files.writeString(early.resolve("metrics.jsonl"), "{\"epoch\":1,\"lo");
    Files.writeString(early.resolve(".stride-1.part"), "half a file");
    var late = copy(whole, temp.resolve("late"));
    Files.delete(late.resolve("model.safetensors"));

    for (var run : List.of(early, late)) {
      var resumed = Stride.run("train", "--resume", run, "--json", "--threads", 1).json();
      assertEquals(result.get("test_accuracy"), resumed.get("test_accuracy"));
      assertEquals(result.get("train_loss"), resumed.get("train_loss"));
      assertArrayEquals(
          Files.readAllBytes(whole.resolve("model.safetensors")),
          Files.readAllBytes(run.resolve("model.safetensors")));
      assertEquals(2, Files.readAllLines(run.resolve("metrics.jsonl")).size());
      assertEquals(List.of(), leftovers(run));
    }
  }

  @Test
  void refusesOptionsThatTheRunWasNotBegunWith() throws Exception {
    var run = temp.resolve("run");
    train("--out", run, "--seed", 3).succeeds();
    Stride.run("train", "--resume", run, "--batch", 64).refusesWith("--batch 64", "with 20");
    Stride.run("train", "--resume", run, "--lr", 0.5).refusesWith("--lr 0.5", "with 0.05");
    Stride.run("train", "--resume", run, "--optimizer", "adam")
        .refusesWith("--optimizer adam", "with sgd");
    Stride.run("train", "--resume", run, "--seed", 1).refusesWith("--seed 1", "with 3");
    Stride.run("train", "alexnet", "--resume", run).refusesWith("alexnet", "with lenet5");
    Stride.run("train", "--resume", run, "--data", "fashion-mnist")
        .refusesWith("fashion-mnist", "with mnist");
    Stride.run("train", "--resume", run, "--out", temp.resolve("other")).refusesWith("--out");
    train("--resume", run, "--seed", 3, "--threads", 1).succeeds();
  }

  @Test
  void aFinishedRunGoesOnForMoreEpochs() throws Exception {
    var run = temp.resolve("run");
    train("--out", run).succeeds();
    var before = Files.readAllBytes(run.resolve("model.safetensors"));
    var longer = Stride.run("train", "--resume", run, "--epochs", 4, "--json").json();
    assertEquals(4, longer.get("epochs"));
    assertEquals(4, Files.readAllLines(run.resolve("metrics.jsonl")).size());
    assertFalse(Arrays.equals(before, Files.readAllBytes(run.resolve("model.safetensors"))));
    assertEquals(4, RunFolder.configOf(run).epochs());
    var again = Stride.run("train", "--resume", run, "--json");
    assertEquals(longer, again.json());
    assertTrue(again.err().contains("is finished"), again.err());
    Stride.run("train", "--resume", run, "--epochs", 3).failsWith("at least 4 epochs");
    assertEquals(4, RunFolder.configOf(run).epochs(), "what failed changes nothing");
  }

  /** A kill may come between the longer run's first step and its end. */
  @Test
  void aLongerRunIsNotFinishedBeforeItsEnd() throws Exception {
    var run = temp.resolve("run");
    train("--out", run).succeeds();
    try (var open = RunFolder.open(run)) {
      open.change(Map.of("epochs", 3));
      assertFalse(open.isFinished());
    }
    try (var open = RunFolder.open(run)) {
      assertTrue(open.isFinished(), "a change that was not kept");
      open.change(Map.of("epochs", 3));
      open.keepChanges();
    }
    try (var open = RunFolder.open(run)) {
      assertFalse(open.isFinished());
      assertEquals(3, open.config().epochs());
      open.finish();
    }
    assertTrue(Files.exists(run.resolve("changes.json")));
    Stride.run("train", "--resume", run).succeeds();
  }

  @Test
  void aRunWhoseDataHaveMovedGoesOnWithTheSameBits() throws Exception {
    var whole = temp.resolve("whole");
    train("--out", whole).succeeds();
    var late = copy(whole, temp.resolve("late"));
    Files.delete(late.resolve("model.safetensors"));
    Files.writeString(
        late.resolve("config.json"),
        Files.readString(late.resolve("config.json"))
            .replace(images.toString(), temp.resolve("gone").toString()));
    Stride.run("train", "--resume", late).failsWith(temp.resolve("gone").toString());
    Stride.run("train", "--resume", late, "--data-dir", images).succeeds();
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(late.resolve("model.safetensors")));
    assertEquals(images.toString(), RunFolder.configOf(late).text("data_dir"));

    // Other images than it has learned from.
    var other = TinyImages.write(temp.resolve("other"), 21, 10);
    Files.delete(late.resolve("model.safetensors"));
    Stride.run("train", "--resume", late, "--data-dir", other).failsWith("checkpoint.safetensors");
    assertEquals(images.toString(), RunFolder.configOf(late).text("data_dir"));
  }

  @Test
  void explainsWhatCannotBeGoneOnWith() throws Exception {
    Stride.run("train", "--resume", temp.resolve("nowhere")).failsWith("there is no such folder");
    Stride.run("train", "--resume", temp).failsWith("config.json");
    Files.writeString(temp.resolve("config.json"), "{\"network\":");
    Stride.run("train", "--resume", temp).failsWith("config.json", "JSON");
    Files.writeString(temp.resolve("config.json"), "{\"network\":\"lenet5\"}");
    Stride.run("train", "--resume", temp).failsWith("config.json", "\"data\"");
  }

  @Test
  void twoProcessesDoNotTrainTheSameRun() throws Exception {
    var run = temp.resolve("run");
    train("--out", run).succeeds();
    try (var open = RunFolder.open(run)) {
      Stride.run("train", "--resume", open.path()).failsWith("another process");
    }
    Stride.run("train", "--resume", run).succeeds();
  }

  @Test
  void aFailedRunLeavesNothingBehind() throws Exception {
    var run = temp.resolve("a/b/run");
    var failed = train("--out", run, "--lr", 1e38).failsWith("the loss became", "learning rate");
    assertTrue(
        failed.err().contains("before its first epoch was over: no model is kept"), failed.err());
    assertFalse(Files.exists(temp.resolve("a")));

    var broken = TinyImages.write(temp.resolve("broken"), 20, 10);
    var labels = broken.resolve("train-labels-idx1-ubyte");
    Files.write(labels, Arrays.copyOf(Files.readAllBytes(labels), 20));
    Stride.run("train", "lenet5", "--data", "mnist", "--data-dir", broken, "--out", run)
        .failsWith("train-labels-idx1-ubyte");
    assertFalse(Files.exists(temp.resolve("a")));
    Stride.run("train", "lenet5", "--data", "mnist", "--data-dir", temp, "--out", run)
        .failsWith("train-images-idx3-ubyte");
    assertFalse(Files.exists(temp.resolve("a")));

    // A folder that was there before stays, with what is in it.
    Files.createDirectories(run);
    Files.writeString(run.resolve("notes.txt"), "mine");
    train("--out", run, "--lr", 1e38).failsWith("the loss became");
    assertEquals(List.of("notes.txt"), names(run));
  }

  /** An epoch of one step ends with large weights, those after it with none that are numbers. */
  @Test
  void aRunThatDivergesLaterKeepsItsBestModel() throws Exception {
    var run = temp.resolve("run");
    var failed =
        Stride.run(
                "train",
                "mlp",
                "--data",
                "mnist",
                "--data-dir",
                images,
                "--epochs",
                9,
                "--batch",
                200,
                "--lr",
                "1e10",
                "--out",
                run)
            .failsWith("a learning rate below", "--lr");
    var best = run.resolve("best.safetensors");
    assertTrue(failed.err().contains("best epoch is kept in " + best), failed.err());
    Model.load(best);
    var said = failed.err().lines().filter(line -> line.startsWith("stride: the loss")).toList();
    assertEquals(1, said.size(), failed.err());
    String sentence = said.getFirst().substring("stride: ".length());
    var page = temp.resolve("page.html");
    for (var command : List.of("report", "compare")) {
      Stride.run(command, run, "--out", page).succeeds();
      String html = Files.readString(page);
      assertTrue(html.contains(sentence), html);
      assertFalse(html.replace(sentence, "").contains("NaN"), "no figure is");
      assertFalse(html.contains("not finished"), html);
    }
  }

  @Test
  void explainsFoldersThatCannotBeWritten() throws Exception {
    var file = Files.writeString(temp.resolve("file"), "a file");
    train("--out", file).failsWith(file.toString(), "not a folder");
    train("--out", file.resolve("below")).failsWith(file.toString());
    train("--out", "/proc/stride/run").failsWith("/proc/stride/run");
  }

  @Test
  void givesEachRunAFolderOfItsOwn() throws Exception {
    var first = temp.resolve("runs/lenet5-mnist");
    var names = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      try (var run = RunFolder.createBeside(first, config())) {
        names.add(run.path().getFileName().toString());
        assertEquals(config(), run.config());
      }
      try (var run = RunFolder.open(temp.resolve("runs").resolve(names.getLast()))) {
        assertEquals(config(), run.config());
        run.discard();
        assertTrue(Files.exists(run.path().resolve("config.json")), "it is an earlier run");
      }
    }
    assertEquals(List.of("lenet5-mnist", "lenet5-mnist-2", "lenet5-mnist-3"), names);
  }

  private RunConfig config() {
    return new RunConfig(
        Map.of(
            "network",
            "lenet5",
            "data",
            "mnist",
            "data_dir",
            images,
            "epochs",
            3,
            "batch",
            64,
            "optimizer",
            "sgd",
            "lr",
            0.1 + 0.2,
            "seed",
            Long.MIN_VALUE));
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (var name : names(from)) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
    return to;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** What is in a run's folder and should not be. */
  private static List<String> leftovers(Path run) throws IOException {
    var names = new ArrayList<>(names(run));
    names.removeAll(
        List.of(
            "config.json",
            "metrics.jsonl",
            "checkpoint.safetensors",
            "events.out.tfevents.stride",
            "best.safetensors",
            "model.safetensors"));
    return names;
  }
}
