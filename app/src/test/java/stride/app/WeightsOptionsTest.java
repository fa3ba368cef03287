package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.network.Model;
import stride.tensor.Shape;
import stride.zoo.Pretrained;
import stride.zoo.Zoo;

/** Networks of the zoo with weights from files, by name, and with new heads. */
class WeightsOptionsTest {
  @TempDir Path temp;
  private Path weights;
  private Path pictures;

  @BeforeEach
  void files() throws IOException {
    weights = temp.resolve("weights.pth");
    Model.initialized(Zoo.find("resnet20").network(), 1).savePyTorch(weights);
    pictures = Files.createDirectories(temp.resolve("pictures"));
    picture("red.png", 0xFF0000);
    picture("green.jpg", 0x00FF00);
    Files.writeString(pictures.resolve("notes.txt"), "no picture");
  }

  private Path picture(String name, int colour) throws IOException {
    var picture = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 30; y++) {
      for (int x = 0; x < 20 + y / 2; x++) {
        picture.setRGB(x, y, colour);
      }
    }
    var file = pictures.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(picture, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    return file;
  }

  private Stride predict(Object... more) {
    var arguments = new ArrayList<Object>(List.of("predict", "resnet20", "--weights", weights));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  private Stride evaluate(Object... more) {
    var arguments = new ArrayList<Object>(List.of("evaluate", "resnet20", "--weights", weights));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  private static List<Object> names(Stride result) throws IOException {
    return Stride.list(result.json(), "images").stream().map(image -> image.get("image")).toList();
  }

  @Test
  void aFolderStandsForItsPicturesAndAPatternForThoseThatMatch() throws Exception {
    var deep = picture("more/blue.png", 0x0000FF);
    var green = pictures.resolve("green.jpg").toString();
    var red = pictures.resolve("red.png").toString();
    assertEquals(List.of(green, deep.toString(), red), names(predict(pictures, "--json")));
    assertEquals(List.of(red), names(predict(pictures + "/*.png", "--json")));
    assertEquals(
        List.of(deep.toString(), red), names(predict(pictures + "/{,more/}*.png", "--json")));
    predict(pictures + "/*.bmp").failsWith("*.bmp", "none whose name matches");
    predict(Files.createDirectories(temp.resolve("empty"))).failsWith("empty", "no pictures");
  }

  @Test
  void theClassesAreThoseTheNetworkWasMadeFor() throws Exception {
    var image =
        Stride.list(predict(pictures.resolve("red.png"), "--json", "--top", 10).json(), "images")
            .getFirst();
    var top = Stride.list(image, "top");
    assertEquals(10, top.size());
    assertTrue(top.stream().anyMatch(guess -> "airplane".equals(guess.get("label"))));
    for (var guess : top) {
      int index = (Integer) guess.get("index");
      assertEquals(
          Pretrained.RESNET20_CIFAR10.labels().get(index), guess.get("label"), top::toString);
    }
    assertEquals(
        1, top.stream().mapToDouble(guess -> (Double) guess.get("probability")).sum(), 1e-5);
  }

  @Test
  void picturesAreNormalisedAsTheNetworkWasTrained() throws Exception {
    var red = pictures.resolve("red.png");
    var own = predict(red, "--json").json();
    assertEquals(
        own,
        predict(red, "--json", "--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225").json());
    assertNotEquals(own, predict(red, "--json", "--mean", "0.5,0.5,0.5").json());
    assertNotEquals(own, predict(red, "--json", "--bgr").json());
    predict(red, "--mean", "0.5").refusesWith("--mean", "3 channels, found 1");
    predict(red, "--mean", "a,b,c").refusesWith("--mean");
  }

  @Test
  void labelsAreReadFromAFile() throws Exception {
    var red = pictures.resolve("red.png");
    var labels = Files.writeString(temp.resolve("labels.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    assertTrue(predict(red, "--labels", labels).succeeds().out().matches("(?s).* [a-j] \\(.*"));
    Files.writeString(labels, "a\n\nc\n");
    predict(red, "--labels", labels).failsWith("labels.txt", "line 2 is empty");
    Files.writeString(labels, "a\nb\n");
    predict(red, "--labels", labels).failsWith("linear.weight", "10x64", "2x64", "--head new");
    predict(red, "--labels", labels, "--head", "new").succeeds();
    predict(red, "--labels", temp.resolve("none")).failsWith("none", "no such file");
    predict(red, "--head", "old").refusesWith("--head takes new, found old");
  }

  @Test
  void aPictureThatIsDamagedCostsNoOther() throws Exception {
    var bad = Files.writeString(pictures.resolve("bad.png"), "these are no pixels");
    var red = pictures.resolve("red.png");
    var result = predict(bad, red, "--json");
    assertEquals(1, result.status(), result::toString);
    assertTrue(result.err().contains("bad.png"), result::toString);
    var images = Stride.list(tools.jackson.jr.ob.JSON.std.mapFrom(result.out().strip()), "images");
    assertTrue(images.getFirst().get("error").toString().contains("bad.png"), images::toString);
    assertEquals(red.toString(), images.getLast().get("image"));
    assertEquals(3, Stride.list(images.getLast(), "top").size());
    predict(bad).failsWith("bad.png");
  }

  @Test
  void aNetworkWithoutWeightsSaysWhatToGive() {
    Stride.run("predict", "resnet50", "x.png")
        .refusesWith("resnet50", "--weights imagenet", "--weights FILE");
    Stride.run("predict", "resnet20", "x.png").refusesWith("--weights cifar10");
    Stride.run("evaluate", "plain20", "--data", "mnist").refusesWith("--weights FILE");
    Stride.run("predict", "resnet20", "--weights", "imagenet", "x.png")
        .refusesWith("no weights of that name are published for resnet20", "cifar10");
    Stride.run("predict", "resnet50", "--weights", "imagnet", "x.png")
        .refusesWith("imagenet1k_v1 and imagenet1k_v2");
    Stride.run("predict", "resnet21", "x.png").failsWith("resnet21", "resnet20");
    Stride.run("predict", "resnet21", "--weights", weights, "x.png").failsWith("resnet21");
    Stride.run("predict", "resnet20", "--weights", temp.resolve("none.pth"), "x.png")
        .refusesWith("none.pth: there is no such file", "published are");
    Stride.run("predict", temp.resolve("model.safetensors"), "x.png", "--head", "new")
        .refusesWith("--head new goes with --weights");
  }

  @Test
  void weightsOfAnotherNetworkAreRefused() {
    Stride.run("predict", "resnet32", "--weights", weights, pictures)
        .failsWith("weights.pth", "missing", "layer1.3.conv1.weight");
  }

  @Test
  void weightsForImagesOfAnotherSizeSayHowToGoOn() throws Exception {
    var network = Zoo.find("squeezenet1_1").network(Shape.image(224, 224, 3), 10);
    var file = temp.resolve("squeezenet.safetensors");
    Model.initialized(network, 1).save(file);
    for (var part : List.of("train/cat", "train/dog", "test/cat", "test/dog")) {
      var folder = Files.createDirectories(temp.resolve("cifar").resolve(part));
      Files.copy(pictures.resolve("red.png"), folder.resolve("1.png"));
    }
    var arguments = new ArrayList<Object>(List.of("train", "squeezenet1_1", "--weights", file));
    arguments.addAll(List.of("--data", "cifar10", "--data-dir", temp.resolve("cifar")));
    arguments.addAll(List.of("--epochs", 1, "--out", temp.resolve("run")));
    Stride.run(arguments.toArray())
        .refusesWith(
            "squeezenet1_1 takes images of 224x224x3, cifar10 has 32x32x3: give --input 224x224x3"
                + " to resize them, or --input 32x32x3 for a network of their size");
    arguments.addAll(List.of("--input", "48x48x3"));
    Stride.run(arguments.toArray()).succeeds();
    Stride.run("train", "resnet20", "--weights", weights, "--data", "mnist")
        .refusesWith("the weights of resnet20 are for images of 3 channels, mnist has 1 channel");
  }

  @Test
  void aFoldersClassesAreFoundByTheirNames() throws Exception {
    var data = temp.resolve("data");
    for (var name : List.of("truck", "cat")) {
      Files.createDirectories(data.resolve("val").resolve(name));
      Files.copy(pictures.resolve("red.png"), data.resolve("val").resolve(name).resolve("1.png"));
    }
    Files.createDirectories(data.resolve("train").resolve("cat"));
    var json = evaluate("--data", data, "--json").json();
    assertEquals(2, json.get("images"));
    // Both pictures are the same, and one of them at most is right.
    assertTrue((Double) json.get("top1") <= 0.5, json::toString);
    var top =
        Stride.list(
                Stride.list(predict(pictures.resolve("red.png"), "--json").json(), "images")
                    .getFirst(),
                "top")
            .getFirst();
    var right = Files.createDirectories(temp.resolve("right").resolve((String) top.get("label")));
    Files.copy(pictures.resolve("red.png"), right.resolve("1.png"));
    assertEquals(1.0, evaluate("--data", right.getParent(), "--json").json().get("top1"));
  }

  @Test
  void classesThatAreNotTheModelsAreRefusedAndANewHeadIsForThem() throws Exception {
    var data = temp.resolve("insects");
    for (var name : List.of("ants", "bees")) {
      Files.createDirectories(data.resolve(name));
      Files.copy(pictures.resolve("red.png"), data.resolve(name).resolve("1.png"));
    }
    evaluate("--data", data).failsWith("the classes ants, bees are none of the 10");
    var json = evaluate("--data", data, "--head", "new", "--json").json();
    assertEquals(0.5, json.get("top1"));
    evaluate("--data", data, "--data-dir", data).refusesWith("--data-dir");
    evaluate("--data", temp.resolve("nowhere"))
        .failsWith("there is no data set, folder or table", "cifar10");
  }

  @Test
  void aBrokenPictureEndsAnEvaluationUnlessItIsToBeSkipped() throws Exception {
    var cats = Files.createDirectories(temp.resolve("data/cat"));
    Files.copy(pictures.resolve("red.png"), cats.resolve("1.png"));
    byte[] whole = Files.readAllBytes(cats.resolve("1.png"));
    Files.write(cats.resolve("2.png"), Arrays.copyOf(whole, whole.length / 2));
    evaluate("--data", cats.getParent()).failsWith("2.png", "--skip-broken leaves out");

    var skipping = evaluate("--data", cats.getParent(), "--skip-broken", "--json");
    var json = skipping.json();
    assertEquals(1, json.get("images"));
    var skipped = (List<?>) json.get("skipped");
    assertEquals(1, skipped.size());
    assertTrue(skipped.toString().contains("2.png"), skipped.toString());
    assertTrue(skipping.err().contains("passed over: "), skipping.err());

    Files.delete(cats.resolve("1.png"));
    evaluate("--data", cats.getParent(), "--skip-broken").failsWith("none of its pictures");
    evaluate("--data", "mnist", "--skip-broken")
        .refusesWith("--skip-broken goes with pictures in files");
  }

  /** Runs the command line in a process of its own, whose cache is in the temporary folder. */
  private String process(int status, String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                // Nobody listens there.
                "-Dhttps.proxyHost=127.0.0.1",
                "-Dhttps.proxyPort=9",
                "-cp",
                System.getProperty("java.class.path"),
                "stride.app.Main"));
    command.addAll(List.of(arguments));
    var output = temp.resolve("output.txt");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("STRIDE_HOME", temp.resolve("home").toString());
    var process = builder.start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "the command did not end");
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(status, process.exitValue(), text);
    return text;
  }

  @Test
  void weightsByNameComeFromTheCacheOrSayWhereToPutThem() throws Exception {
    var red = pictures.resolve("red.png").toString();
    var cached = temp.resolve("home").resolve("weights").resolve("resnet20-12fca82f.th");
    String offline = process(1, "predict", "resnet20", "--weights", "cifar10", red);
    assertTrue(
        offline.contains(
            "https://github.com/akamaster/pytorch_resnet_cifar10/raw/master/pretrained_models/resnet20-12fca82f.th"),
        offline);
    assertTrue(offline.contains("put it at " + cached), offline);
    assertTrue(offline.contains("no connection"), offline);
    Files.createDirectories(cached.getParent());
    Files.copy(weights, cached);
    String said = process(0, "predict", "resnet20", "--weights", "cifar10", red);
    assertEquals(
        predict(red).succeeds().out().strip(),
        said.lines().filter(line -> line.startsWith(red)).findFirst().orElse(said).strip());
    assertTrue(said.contains(File.separator + "red.png"), said);
  }
}
