package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.network.Model;
import stride.zoo.Zoo;

/**
 * Pictures and weights that nothing can be painted with, drawn at random: each command says so in
 * one sentence, writes nothing, and leaves nothing behind.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BadPaintingInputTest {
  private static final int SEEDS = 3;

  private Path temp;
  private Path photos;
  private Path painting;
  private Path judge;
  private Path painter;

  @BeforeAll
  void makeGoodFiles(@TempDir Path folder) throws IOException {
    temp = folder;
    photos = Files.createDirectories(temp.resolve("photos"));
    for (int n = 0; n < 3; n++) {
      NoisePicture.write(photos.resolve(n + ".png"), 68, 66, n);
    }
    painting = temp.resolve("painting.png");
    NoisePicture.write(painting, 50, 44, 9);
    judge = temp.resolve("judge.safetensors");
    Model.initialized(Zoo.find("squeezenet1_1").network(), 1).save(judge);
    painter = temp.resolve("painter.pth");
    Model.initialized(Zoo.find("style_8").network(), 1).savePyTorch(painter);
  }

  /** What is bad, and what the sentence says of it. */
  enum Bad {
    ONE_COLOUR("of one colour"),
    ONE_COLOUR_TO_LEARN("of one colour"),
    PHOTO_TOO_SMALL("too small for the network's layers"),
    PHOTO_TOO_SMALL_FOR_ONE_PASS("cannot paint a picture of"),
    MASK_OF_ANOTHER_SHAPE("a mask is as large as the photo"),
    WEIGHTS_OF_ANOTHER_NETWORK("other.pth"),
    JUDGE_OF_ANOTHER_NETWORK("other.pth"),
    PAINTER_OF_ANOTHER_NETWORK("other.pth"),
    WEIGHTS_THAT_ARE_NO_NUMBERS("broken.safetensors"),
    JUDGE_THAT_IS_NO_NUMBERS("broken.safetensors"),
    PAINTER_THAT_IS_NO_NUMBERS("broken.safetensors");

    private final String said;

    Bad(String said) {
      this.said = said;
    }
  }

  record Case(Bad bad, int seed) {}

  static List<Case> cases() {
    var cases = new ArrayList<Case>();
    for (var bad : Bad.values()) {
      for (int seed = 0; seed < SEEDS; seed++) {
        cases.add(new Case(bad, seed));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsBadIsSaidInOneSentenceAndNothingIsLost(Case drawn) throws IOException {
    var random = new SplittableRandom(31L * drawn.bad.ordinal() + drawn.seed);
    var out = temp.resolve("kept.png");
    Files.writeString(out, "kept");
    var run = run(drawn.bad, random, out);
    assertTrue(run.status() == 1 || run.status() == 2, run::toString);
    assertEquals("", run.out());
    var said = run.err().lines().filter(line -> line.startsWith("stride: ")).toList();
    assertEquals(1, said.size(), run::toString);
    assertTrue(said.getFirst().contains(drawn.bad.said), run::toString);
    assertFalse(run.err().contains("\tat "), run::toString);
    assertEquals("kept", Files.readString(out));
    assertFalse(Files.exists(temp.resolve("run")), run::toString);
    try (var files = Files.list(temp)) {
      assertTrue(files.noneMatch(file -> file.toString().endsWith(".part")), "a part is left");
    }
  }

  private Stride run(Bad bad, SplittableRandom random, Path out) throws IOException {
    return switch (bad) {
      case ONE_COLOUR -> style(photos.resolve("0.png"), oneColour(random), judge, out);
      case ONE_COLOUR_TO_LEARN -> train(oneColour(random), judge);
      case PHOTO_TOO_SMALL -> style(small(random, 8), painting, judge, out);
      case PHOTO_TOO_SMALL_FOR_ONE_PASS -> onePass(small(random, 4), painter, out);
      case MASK_OF_ANOTHER_SHAPE ->
          style(photos.resolve("0.png"), painting, judge, out, "--mask", mask(random));
      case WEIGHTS_OF_ANOTHER_NETWORK ->
          style(photos.resolve("0.png"), painting, other(random), out);
      case JUDGE_OF_ANOTHER_NETWORK -> train(painting, other(random));
      case PAINTER_OF_ANOTHER_NETWORK -> onePass(photos.resolve("0.png"), other(random), out);
      case WEIGHTS_THAT_ARE_NO_NUMBERS ->
          style(
              photos.resolve("0.png"),
              painting,
              broken("squeezenet1_1", "features.0", random),
              out);
      case JUDGE_THAT_IS_NO_NUMBERS ->
          train(painting, broken("squeezenet1_1", "features.0", random));
      case PAINTER_THAT_IS_NO_NUMBERS ->
          onePass(photos.resolve("0.png"), broken("style_8", "conv1.conv2d", random), out);
    };
  }

  private static Stride style(Path photo, Path painting, Path weights, Path out, Object... more) {
    var arguments = new ArrayList<Object>(List.of("style", photo, "--style", painting));
    arguments.addAll(List.of("--weights", weights, "--steps", 2, "--out", out));
    arguments.addAll(List.of(more));
    return Stride.run(arguments.toArray());
  }

  private static Stride onePass(Path photo, Path model, Path out) {
    return Stride.run("style", photo, "--model", model, "--out", out);
  }

  private Stride train(Path painting, Path judge) {
    return Stride.run(
        "train",
        "style_8",
        "--data",
        photos,
        "--style",
        painting,
        "--loss-weights",
        judge,
        "--input",
        "64x64x3",
        "--batch",
        2,
        "--out",
        temp.resolve("run"));
  }

  private Path oneColour(SplittableRandom random) throws IOException {
    int width = 1 + random.nextInt(40);
    var picture = new BufferedImage(width, 1 + random.nextInt(40), BufferedImage.TYPE_INT_RGB);
    var pen = picture.createGraphics();
    pen.setColor(new Color(random.nextInt(1 << 24)));
    pen.fillRect(0, 0, width, picture.getHeight());
    pen.dispose();
    var file = temp.resolve("colour.png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  /** A picture of which one side is short. */
  private Path small(SplittableRandom random, int longest) throws IOException {
    int side = 1 + random.nextInt(longest);
    int other = longest + random.nextInt(60);
    boolean high = random.nextBoolean();
    var file = temp.resolve("small.png");
    NoisePicture.write(file, high ? side : other, high ? other : side, random.nextLong());
    return file;
  }

  private Path mask(SplittableRandom random) throws IOException {
    var file = temp.resolve("mask.png");
    NoisePicture.write(file, 1 + random.nextInt(67), 1 + random.nextInt(90), random.nextLong());
    return file;
  }

  private Path other(SplittableRandom random) throws IOException {
    var names = List.of("lenet5", "resnet20", "shufflenet_v2_x0_5");
    var file = temp.resolve("other.pth");
    var name = names.get(random.nextInt(names.size()));
    Model.initialized(Zoo.find(name).network(), 1).savePyTorch(file);
    return file;
  }

  /** Weights with a number in the first layer that is none, which no model would save. */
  private Path broken(String network, String layer, SplittableRandom random) throws IOException {
    var model = Model.initialized(Zoo.find(network).network(), 1);
    var entry =
        model.weights().table().weights().stream()
            .filter(weight -> weight.name().equals(layer + ".weight"))
            .findFirst()
            .orElseThrow();
    var values = model.weights().read(entry);
    float marked = 1234.5678f;
    values[random.nextInt(values.length)] = marked;
    model.weights().write(entry, values);
    var file = temp.resolve("broken.safetensors");
    model.save(file);
    var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (bytes.getInt(at) != Float.floatToIntBits(marked)) {
      at++;
    }
    bytes.putFloat(at, random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY);
    Files.write(file, bytes.array());
    return file;
  }
}
