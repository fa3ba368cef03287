package stride.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import outside.Learner;
import stride.data.digits.Digit;
import stride.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

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

  @Test
  void aModelIsTrainedSavedReadAndAsked(@TempDir Path folder) throws Exception {
    var lines =
        run(
            Learner.class,
            folder.resolve("model.safetensors").toString(),
            "--limit-modules",
            "java.base,java.logging");
    assertLearned(lines);
  }

  @Test
  void soItIsWhereStrideIsAModule(@TempDir Path folder) throws Exception {
    var stride = place(Preprocessing.class);
    assumeTrue(Files.exists(stride.resolve("module-info.class")), "compiled without modules");
    var modules =
        Stream.of(Preprocessing.class, JSON.class, JacksonException.class)
            .map(type -> place(type).toString())
            .collect(Collectors.joining(File.pathSeparator));
    var lines =
        run(
            Learner.class,
            folder.resolve("model.safetensors").toString(),
            "--module-path",
            modules,
            "--add-modules",
            "stride",
            "--limit-modules",
            "stride,java.logging");
    assertLearned(lines);
  }

  private static void assertLearned(List<String> lines) {
    assertEquals(
        List.of("light", "8x8x1", "no AWT"),
        lines.subList(Math.max(0, lines.size() - 3), lines.size()),
        lines.toString());
  }

  private static Path place(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
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
