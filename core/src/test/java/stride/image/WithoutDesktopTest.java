package stride.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.ByteImages;
import stride.data.digits.Digit;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Trainer;

/** From a file to a network's input nothing needs AWT or ImageIO, which take time to load. */
final class WithoutDesktopTest {
  /** Prepares pictures in a JVM that has no AWT. */
  static final class Child {
    private Child() {}

    public static void main(String[] files) throws IOException {
      for (String file : files) {
        var path = Path.of(file);
        var digit =
            new Preprocessing(new Digit(), Shape.image(28, 28, 1), Normalization.grey(0.5, 0.5));
        System.out.println(Preprocessing.imageNet(8).resize(9).prepare(path).shape());
        System.out.println(Pictures.decode(path).grey().channels());
        try {
          System.out.println(digit.prepare(path).shape());
        } catch (stride.format.FormatException e) {
          System.out.println("no digit");
        }
      }
    }
  }

  /** Learns, saves, loads, and classifies a picture from bytes. */
  static final class TrainingChild {
    private TrainingChild() {}

    public static void main(String[] files) throws IOException {
      var shape = Shape.image(8, 8, 1);
      var preprocessing = new Preprocessing(new Digit(), shape, Normalization.grey(0.5, 0.5));
      var bytes = new byte[10 * 64];
      java.util.Arrays.fill(bytes, 320, 640, (byte) -1);
      var labels = new byte[10];
      java.util.Arrays.fill(labels, 5, 10, (byte) 1);
      var data = new ByteImages(bytes, labels, List.of("dark", "light"), preprocessing);
      var network = Network.of(shape, Layers.sequential(Layers.flatten(), Layers.dense(2)));
      var model = Trainer.of(network).epochs(2).batch(5).fit(data, data);
      Path file = Path.of(files[0]);
      model.save(file);
      var read = Model.load(file).withPreprocessing(Preprocessing.none(shape));
      var white = Image.zeros(Shape.image(9, 9, 3));
      java.util.Arrays.fill(white.data(), 1);
      System.out.println(read.classify(white.toPng()).top(1).getFirst().label());
      System.out.println(read.gradients(white(shape), Tensor.zeros(Shape.of(2))).input().shape());
    }

    private static Tensor white(Shape shape) {
      return Preprocessing.none(shape).normalize(Image.zeros(shape));
    }
  }

  @Test
  void aModelIsTrainedSavedReadAndAsked(@TempDir Path folder) throws Exception {
    var lines =
        run(
            TrainingChild.class,
            folder.resolve("model.safetensors").toString(),
            "--limit-modules",
            "java.base,java.logging");
    assertEquals(
        List.of("light", "8x8x1"),
        lines.subList(Math.max(0, lines.size() - 2), lines.size()),
        lines.toString());
  }

  private static List<String> run(Class<?> child, String file, String... options) throws Exception {
    var command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), child.getName(), file));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.getInputStream()) {
      var lines = new String(out.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      process.waitFor();
      return lines;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.png",
        "rgba_16.png",
        "palette_of_7_transparent.png",
        "grey_16.png",
        "orientation_5.png",
        "rgb_565.bmp",
        "runs.bmp",
        "part_transparent.gif",
      })
  void picturesArePrepared(String name) throws Exception {
    var lines =
        run(
            Child.class,
            PictureGoldenTest.picture(name).toString(),
            "--limit-modules",
            "java.base,java.logging");
    assertEquals(3, lines.size(), lines.toString());
    assertEquals(List.of("8x8x3", "1"), lines.subList(0, 2));
  }
}
