package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.zoo.TrainedOn;

/** Which of a model's classes "stride evaluate" takes the folders and tables of others for. */
class ClassesOfFoldersTest {
  private static final List<String> INSECTS = List.of("ants", "bees", "great white shark");

  @TempDir Path temp;

  private Path insects() throws IOException {
    return ColourModel.save(temp.resolve("insects.safetensors"), 3, INSECTS);
  }

  /** A folder of a name for each class, in which all pictures are of that class. */
  private Path folders(List<String> names, List<Integer> classes) throws IOException {
    var data = Files.createTempDirectory(temp, "data");
    for (int i = 0; i < names.size(); i++) {
      ColourModel.picture(data.resolve(names.get(i)).resolve("1.png"), classes.get(i));
      ColourModel.picture(data.resolve(names.get(i)).resolve("2.png"), classes.get(i));
    }
    return data;
  }

  private Stride allAreRight(Path model, Path data, int images) throws IOException {
    var run = Stride.run("evaluate", model, "--data", data, "--json");
    assertEquals(1.0, run.json().get("top1"), run::toString);
    assertEquals(images, run.json().get("images"));
    return run;
  }

  @ParameterizedTest
  @CsvSource({
    "ants, bees, great white shark",
    "Ants, Bees, Great White Shark",
    "ants, Bees, great_white_shark",
    "ANTS, BEES, GREAT-WHITE-SHARK",
    "Ants, bees, GreatWhiteShark"
  })
  void namesDecideHoweverTheyAreWritten(String ants, String bees, String shark) throws IOException {
    // In the order of their names capitals go first, and classes of the model may be missing.
    for (var classes : List.of(List.of(0, 1, 2), List.of(2, 1), List.of(1, 0), List.of(2))) {
      var names = classes.stream().map(List.of(ants, bees, shark)::get).toList();
      var run = allAreRight(insects(), folders(names, classes), 2 * classes.size());
      assertEquals(
          INSECTS.containsAll(names),
          run.err().isEmpty(),
          () -> "what is not the same is said, in one line: " + run.err());
      assertFalse(run.err().lines().count() > 1, run::err);
    }
  }

  @Test
  void whatIsNoneOfTheModelsEndsBeforeAnythingIsComputed() throws IOException {
    var data = folders(List.of("Bees", "wasps", "flies"), List.of(1, 0, 0));
    Files.writeString(data.resolve("wasps/broken.png"), "no picture, which is never looked at");
    Stride.run("evaluate", insects(), "--data", data)
        .failsWith(
            data
                + ": the classes flies, wasps are none of the 3 that are known: ants, bees, great"
                + " white shark; name the folders as the model's classes, or give these the"
                + " folders' names with --labels");
    var more = folders(List.of("a", "b", "c", "d"), List.of(0, 0, 0, 0));
    Stride.run("evaluate", insects(), "--data", more).failsWith("the classes a, b, c, d are none");
    var one = folders(List.of("a"), List.of(0));
    Stride.run("evaluate", insects(), "--data", one).failsWith("the class a is none of the 3");
  }

  @Test
  void theOrderDecidesOnlyWhereNoNameDoesAndIsSaid() throws IOException {
    var data = folders(List.of("x", "y", "z"), List.of(0, 1, 2));
    var run = allAreRight(insects(), data, 6);
    assertEquals(
        data
            + ": no class has the name of one of the model's, so they are taken in their order: x"
            + " is ants, y is bees, z is great white shark\n",
        run.err());
  }

  @Test
  void numbersArePlaces() throws IOException {
    var labels = IntStream.range(0, 12).mapToObj(i -> "class " + (char) ('a' + i)).toList();
    var model = ColourModel.save(temp.resolve("twelve.safetensors"), 12, labels);
    var all = IntStream.range(0, 12).boxed().toList();
    for (var form : List.of("%d", "%02d", "%04d")) {
      var run = allAreRight(model, folders(all.stream().map(form::formatted).toList(), all), 24);
      assertTrue(run.err().contains("taken as places in the model's list"), run.err());
    }
    allAreRight(model, folders(List.of("10", "9"), List.of(10, 9)), 4);
    Stride.run("evaluate", model, "--data", folders(List.of("1", "12"), List.of(1, 11)))
        .failsWith("the classes 1, 12 are none of the 12", "places from 0 to 11");
    var fromOne = all.stream().map(k -> Integer.toString(k + 1)).toList();
    var run = allAreRight(model, folders(fromOne, all), 24);
    assertEquals(1, run.err().lines().count());
    assertTrue(run.err().contains("from 1 on: 1 is class a, "), run.err());
    // A model without names, as weights of others are.
    var unnamed = ColourModel.save(temp.resolve("unnamed.safetensors"), 12, List.of());
    allAreRight(unnamed, folders(List.of("10", "9", "0"), List.of(10, 9, 0)), 6);
    allAreRight(unnamed, folders(List.of("010", "009"), List.of(10, 9)), 4);
    assertTrue(allAreRight(unnamed, folders(fromOne, all), 24).err().contains("from 1 on: "));
  }

  /** A model that learned from folders 1 to 12, whose names are sorted as 1, 10, 11, 12, 2. */
  @Test
  void numbersThatAreNamesAreNoPlaces() throws IOException {
    var labels = IntStream.rangeClosed(1, 12).mapToObj(Integer::toString).sorted().toList();
    var model = ColourModel.save(temp.resolve("twelve.safetensors"), 12, labels);
    var all = IntStream.range(0, 12).boxed().toList();
    allAreRight(model, folders(labels, all), 24);
    var padded = labels.stream().map(name -> "%02d".formatted(Integer.parseInt(name))).toList();
    allAreRight(model, folders(padded, all), 24);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%3$s", "%1$d", "%1$04d", "%2$s", "%3$s-%2$s", "%3$s_%2$s"})
  void imagenetsClassesHaveNamesNumbersAndSynsets(String form) throws IOException {
    var labels = TrainedOn.IMAGENET.labels();
    var synsets = TrainedOn.IMAGENET.folders();
    var model = ColourModel.save(temp.resolve("imagenet.safetensors"), 1000, labels);
    var classes = List.of(0, 5, 134, 207, 517, 638, 639, 999);
    var names =
        classes.stream()
            .map(
                k ->
                    form.formatted(
                        k, labels.get(k).replace(' ', '_').replace("/", ""), synsets.get(k)))
            .toList();
    allAreRight(model, folders(names, classes), 16);
  }

  /** Most lists of ImageNet's classes have two cranes and two maillots. */
  @Test
  void ofClassesOfTheSameNameEachIsRight() throws IOException {
    var labels = new ArrayList<>(TrainedOn.IMAGENET.labels());
    labels.set(134, "crane");
    labels.set(639, "maillot");
    var model = ColourModel.save(temp.resolve("imagenet.safetensors"), 1000, labels);
    var data = folders(List.of("crane", "maillot", "tench"), List.of(134, 639, 0));
    ColourModel.picture(data.resolve("crane/machine.png"), 517);
    var run = allAreRight(model, data, 7);
    assertEquals(
        data
            + ": crane is class 134 or 517, of which each counts as right (134-crane or 517-crane"
            + " would say which); maillot is class 638 or 639, of which each counts as right"
            + " (638-maillot or 639-maillot would say which)\n",
        run.err());
    ColourModel.picture(data.resolve("crane/fish.png"), 0);
    var wrong = Stride.run("evaluate", model, "--data", data, "--json").succeeds();
    assertEquals(7.0 / 8, (Double) wrong.json().get("top1"), 1e-9);
    var both = folders(List.of("crane", "517-crane"), List.of(134, 517));
    allAreRight(model, both, 4);
    ColourModel.picture(both.resolve("crane/machine.png"), 517);
    var machine = Stride.run("evaluate", model, "--data", both, "--json").succeeds();
    assertEquals(4.0 / 5, (Double) machine.json().get("top1"), 1e-9);
  }

  @Test
  void namedDataSetsHaveClassesToo() throws IOException {
    var images = TinyImages.write(temp.resolve("mnist"), 10, 20);
    var network = stride.zoo.Zoo.find("lenet5").network();
    var shuffled = List.of("9", "8", "7", "6", "5", "4", "3", "2", "1", "0");
    var one = stride.network.Model.initialized(network, 1);
    one.withLabels(stride.data.Mnist.LABELS).save(temp.resolve("one.safetensors"));
    one.withLabels(shuffled).save(temp.resolve("other.safetensors"));
    one.withLabels(TrainedOn.CIFAR10.labels()).save(temp.resolve("photos.safetensors"));
    var same = evaluate("one", images);
    assertEquals("", same.err());
    var other = evaluate("other", images);
    assertEquals("", other.err());
    // Each image's class is the model's of that name, so that right answers differ.
    double sum = (Double) same.json().get("top1") + (Double) other.json().get("top1");
    assertTrue(sum <= 1, () -> same.out() + other.out());
    assertTrue(
        evaluate("photos", images).err().startsWith("mnist: the classes' names are numbers"));
    one.withHead(List.of("0", "1", "x"), 1).save(temp.resolve("few.safetensors"));
    Stride.run("evaluate", temp.resolve("few.safetensors"), "--data", "mnist", "--data-dir", images)
        .failsWith("mnist: the classes 2, 3, 4, 5, 6, 7, 8, 9 are none of the 3 that are known");
  }

  private Stride evaluate(String name, Path images) {
    return Stride.run(
            "evaluate",
            temp.resolve(name + ".safetensors"),
            "--data",
            "mnist",
            "--data-dir",
            images,
            "--json")
        .succeeds();
  }

  @Test
  void tablesHaveClassesToo() throws IOException {
    ColourModel.picture(temp.resolve("1.png"), 2);
    ColourModel.picture(temp.resolve("2.png"), 0);
    var table = temp.resolve("labels.csv");
    Files.writeString(table, "File;Label\r\n1.png;Great_White_Shark\r\n2.png;Ants\r\n");
    allAreRight(insects(), table, 2);
    Files.writeString(table, "file,label\n1.png,shark\n2.png,ants\n");
    Stride.run("evaluate", insects(), "--data", table)
        .failsWith("labels.csv: the class shark is none of the 3", "--labels");
  }

  @ParameterizedTest
  @CsvSource({"test", "Test", "testing", "val", "Validation", "test_set/test_set", "a/b/test"})
  void thePartToMeasureWithIsFound(String part) throws IOException {
    var data = temp.resolve("data");
    for (var folder :
        List.of(part, part.replace("test", "train").replaceAll("(?i)val.*|test", "train"))) {
      ColourModel.picture(data.resolve(folder + "/bees/1.png"), folder.equals(part) ? 1 : 0);
      ColourModel.picture(data.resolve(folder + "/ants/1.png"), folder.equals(part) ? 0 : 1);
    }
    allAreRight(insects(), data, 2);
  }

  @Test
  void aClassThatIsCalledAsAPartIsOne() throws IOException {
    var labels = List.of("bus", "test", "train", "val");
    var model = ColourModel.save(temp.resolve("vehicles.safetensors"), 4, labels);
    var data = folders(labels, List.of(0, 1, 2, 3));
    var run = allAreRight(model, data, 8);
    assertTrue(run.err().contains("are taken for classes"), run.err());
    var parts = temp.resolve("parts");
    for (var part : List.of("train", "test")) {
      Files.createDirectories(parts);
      Files.move(folders(labels, List.of(0, 1, 2, 3)), parts.resolve(part));
    }
    assertEquals("", allAreRight(model, parts, 8).err());
  }

  @Test
  void onlyWhatWouldHelpIsNamed() throws IOException {
    var data = folders(List.of("ants", "bees"), List.of(0, 1));
    Files.writeString(data.resolve("bees/3.png"), "no picture");
    Stride.run("evaluate", insects(), "--data", data)
        .failsWith("3.png", "--skip-broken leaves out");
    var run = Stride.run("evaluate", insects(), "--data", data, "--skip-broken").succeeds();
    assertEquals(1, run.err().lines().count(), run::err);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need rights of their own there")
  void predictReadsFoldersAsTrainAndEvaluateDo() throws IOException {
    var data = folders(List.of("ants", "bees"), List.of(0, 1));
    ColourModel.picture(data.resolve(".ipynb_checkpoints/1.png"), 0);
    ColourModel.picture(data.resolve("ants/.ipynb_checkpoints/1.png"), 0);
    ColourModel.picture(data.resolve("__MACOSX/ants/._1.png"), 0);
    ColourModel.picture(temp.resolve("far/shark/1.png"), 2);
    Files.createSymbolicLink(data.resolve("great white shark"), temp.resolve("far/shark"));
    Files.createSymbolicLink(data.resolve("ants/loop"), Path.of(".."));
    Files.createSymbolicLink(data.resolve("ants/gone.png"), Path.of("none.png"));
    var expected =
        List.of("ants/1.png", "ants/2.png", "bees/1.png", "bees/2.png", "great white shark/1.png")
            .stream()
            .map(name -> data.resolve(name).toString())
            .toList();
    allAreRight(insects(), data, 5);
    for (var given : List.of(data.toString(), data + "/", data + "/**.png")) {
      var run = Stride.run("predict", insects(), given, "--json");
      assertEquals(
          expected,
          Stride.list(run.json(), "images").stream().map(image -> image.get("image")).toList());
      assertEquals(
          List.of(
              "passed over: %s, a link to nothing".formatted(data.resolve("ants/gone.png")),
              "passed over: %s, a link to %s, which is read already"
                  .formatted(data.resolve("ants/loop"), data.toRealPath())),
          run.err().lines().sorted().toList());
    }
    // What is named itself is meant.
    var hidden = data.resolve(".ipynb_checkpoints");
    for (var given : List.of(hidden, hidden.resolve("1.png"), hidden + "/*.png")) {
      Stride.run("predict", insects(), given).succeeds();
    }
  }
}
