package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.app.Stride;
import stride.image.Image;
import stride.image.Pictures;
import stride.network.Model;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.zoo.Zoo;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StyleCommandTest {
  private Path temp;
  private Path photo;
  private Path painting;
  private Path weights;

  @BeforeAll
  void makePictures(@TempDir Path folder) throws IOException {
    temp = folder;
    photo = picture("photo.png", 40, 60, 1);
    painting = picture("painting.png", 50, 44, 2);
    weights = temp.resolve("squeezenet1_1.safetensors");
    Model.initialized(Zoo.find("squeezenet1_1").network(), 1).save(weights);
  }

  private Path picture(String name, int height, int width, long seed) throws IOException {
    var values = new float[3 * height * width];
    var random = new Random(seed);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    var file = temp.resolve(name);
    new Image(new Tensor(Shape.image(height, width, 3), values)).savePng(file);
    return file;
  }

  private Stride style(Object... more) {
    var arguments = new ArrayList<Object>(List.of("style", photo, "--style", painting));
    arguments.addAll(List.of("--weights", weights));
    arguments.addAll(Arrays.asList(more));
    if (!arguments.contains("--steps")) {
      arguments.addAll(List.of("--steps", 2));
    }
    return Stride.run(arguments.toArray());
  }

  @Test
  void aPaintedPhotoIsAsLargeAsThePhotoAndIsNotIt() throws IOException {
    var out = temp.resolve("painted.png");
    var json = style("--out", out, "--json").json();
    assertEquals(60, json.get("width"));
    assertEquals(40, json.get("height"));
    assertEquals(2, json.get("steps"));
    assertEquals(false, json.get("stopped"));
    var painted = Pictures.decode(out).rgb();
    assertEquals(40, painted.height());
    assertFalse(Arrays.equals(Pictures.decode(photo).rgb().data(), painted.data()));
  }

  @ParameterizedTest
  @CsvSource({"30x30, 30, 20", "0.0096MP, 120, 80", "90x20, 30, 20"})
  void theSizeIsWhatWasAskedForInThePhotosOwnProportions(String size, int width, int height)
      throws IOException {
    var json = style("--out", temp.resolve("size.png"), "--size", size, "--json").json();
    assertEquals(width, json.get("width"));
    assertEquals(height, json.get("height"));
  }

  @ParameterizedTest
  @CsvSource({
    "--optimizer, adam",
    "--init, noise",
    "--pooling, average",
    "--preserve-colours, luminance",
    "--preserve-colours, histogram",
    "--strength, 50",
    "--style-scale, 2",
    "--scales, 2",
    "--seed, 3"
  })
  void everyOptionChangesThePicture(String option, String value) throws IOException {
    var plain = temp.resolve("plain.png");
    var other = temp.resolve("other.png");
    var start = option.equals("--seed") ? "noise" : "photo";
    var base = option.equals("--init") ? new Object[0] : new Object[] {"--init", start};
    var arguments = new ArrayList<Object>(Arrays.asList(base));
    arguments.addAll(List.of("--out", plain));
    style(arguments.toArray()).succeeds();
    arguments.set(arguments.size() - 1, other);
    arguments.addAll(List.of(option, value));
    style(arguments.toArray()).succeeds();
    assertFalse(Arrays.equals(Files.readAllBytes(plain), Files.readAllBytes(other)));
  }

  @Test
  void framesShowHowItCameToBeAndAreNotOverwritten() {
    var frames = temp.resolve("frames");
    var out = temp.resolve("framed.png");
    style("--out", out, "--frames", frames, "--steps", 20, "--preview", 7).succeeds();
    assertTrue(Files.exists(frames.resolve("frame-0002.png")));
    assertFalse(Files.exists(frames.resolve("frame-0003.png")));
    style("--out", out, "--frames", frames).failsWith("holds frames of another picture");
  }

  @Test
  void thePhotoStaysWhereTheMaskIsDark() throws IOException {
    var values = new float[60 * 40 * 3];
    Arrays.fill(values, 0, values.length / 2, 1);
    var mask = temp.resolve("mask.png");
    new Image(new Tensor(Shape.image(40, 60, 3), values)).savePng(mask);
    var out = temp.resolve("masked.png");
    style("--out", out, "--mask", mask).succeeds();
    byte[] painted = Pictures.decode(out).rgb().data();
    byte[] before = Pictures.decode(photo).rgb().data();
    int half = painted.length / 2;
    assertEquals(-1, Arrays.mismatch(painted, half, 2 * half, before, half, 2 * half));
    assertFalse(Arrays.equals(painted, 0, half, before, 0, half));
    style("--out", out, "--mask", painting)
        .failsWith("painting.png: a mask is as large as the photo, found 44x50 pixels for 60x40");
  }

  @Test
  void severalStylesHaveWeights() {
    var out = temp.resolve("two.png");
    style("--style", photo, "--style-weights", "2,1", "--out", out).succeeds();
    style("--style", photo, "--style-weights", "2", "--out", out)
        .refusesWith("--style-weights takes a number for each --style, found 1 for 2");
  }

  @Test
  void otherNetworksAreToldWhereToLook() {
    var out = temp.resolve("layers.png");
    style("--content-layers", "features.4", "--style-layers", "features.0,features.3", "--out", out)
        .succeeds();
    style("--content-layers", "features.4", "--out", out).refusesWith("go together");
    style("--network", "alexnet", "--out", out)
        .refusesWith("say where alexnet is to look, with --content-layers and --style-layers");
    style("--content-layers", "nowhere", "--style-layers", "features.0", "--out", out)
        .failsWith("no layer nowhere");
  }

  @Test
  void whatIsWrongIsSaidInASentenceAndNothingIsOverwritten() throws IOException {
    var out = temp.resolve("kept.png");
    Files.writeString(out, "kept");
    var grey = temp.resolve("grey.png");
    Image.zeros(Shape.image(30, 30, 3)).savePng(grey);
    var dot = temp.resolve("dot.png");
    Image.zeros(Shape.image(1, 1, 3)).savePng(dot);
    Stride.run("style", photo, "--style", grey, "--weights", weights, "--out", out)
        .failsWith("grey.png", "of one colour");
    Stride.run("style", photo, "--style", dot, "--weights", weights, "--out", out)
        .failsWith("dot.png", "of one colour");
    style("--out", out, "--size", "6x6").failsWith("too small for the network's layers");
    style("--out", out, "--network", "vgg16").failsWith("squeezenet1_1.safetensors");
    style("--out", out, "--size", "big").refusesWith("--size takes", "found big");
    style("--out", out, "--strength", "0").refusesWith("--strength takes numbers above 0");
    style("--out", out, "--optimizer", "sgd").refusesWith("--optimizer takes adam or lbfgs");
    style("--out", out, "--steps", "0").refusesWith("--steps takes 1 or more");
    style("--out", temp.resolve("painted.txt")).refusesWith("--out takes a file");
    style("--out", temp.resolve("nowhere/painted.png")).failsWith("does not exist");
    assertEquals("kept", Files.readString(out));
  }

  @Test
  void neitherThePhotoNorAPaintingNorTheMaskIsPaintedOver() throws IOException {
    for (var used : List.of(photo, painting)) {
      byte[] before = Files.readAllBytes(used);
      style("--out", used).refusesWith("--out " + used + " is the ", " itself");
      assertArrayEquals(before, Files.readAllBytes(used));
    }
    var mask = Files.copy(photo, temp.resolve("kept-mask.png"));
    style("--mask", mask, "--out", temp.resolve(".").resolve("kept-mask.png"))
        .refusesWith("is the mask itself");
    assertArrayEquals(Files.readAllBytes(photo), Files.readAllBytes(mask));
  }
}
