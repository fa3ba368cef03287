package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.zoo.Pretrained.RESNET50_IMAGENET1K_V1;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.app.console.Console;
import stride.app.console.Terminal;
import stride.network.Model;
import stride.zoo.WeightsFolder;
import stride.zoo.Zoo;

/** What the README promises, done. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  /** Compiles and runs the Java of the README as a reader would, in a folder of its own. */
  @Test
  void theLibraryExampleCompilesTrainsAndSavesAModel(@TempDir Path folder) throws Exception {
    String text = run(javaExample(0), folder);
    assertTrue(text.contains("Guess[label=7"), text);
    assertEquals(61_706, Model.load(folder.resolve("lenet5.safetensors")).network().parameters());
  }

  /** With weights of no use in the cache, as if they had been downloaded. */
  @Test
  void thePretrainedExampleCompilesAndRuns(@TempDir Path folder) throws Exception {
    var cached = new WeightsFolder(folder.resolve("weights")).file(RESNET50_IMAGENET1K_V1);
    Files.createDirectories(cached.getParent());
    Model.initialized(Zoo.find("resnet50").network(), 1).savePyTorch(cached);
    var photo = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(photo, "jpg", folder.resolve("photo.jpg").toFile());
    String text = run(javaExample(1), folder);
    assertTrue(text.contains("Guess[label="), text);
    assertTrue(text.contains("2048 [cat, dog]"), text);
  }

  private static String run(String example, Path folder) throws Exception {
    assertTrue(
        example.lines().filter(line -> !line.isBlank()).count() <= 20,
        "the README's example has more than 20 lines");
    return JavaExamples.run(example, folder);
  }

  @Test
  void everyCommandOfTheReadmeExists() throws IOException {
    var commands = Pattern.compile("\\./stride ([a-z-]+)").matcher(Files.readString(README));
    int found = 0;
    while (commands.find()) {
      var out = new StringWriter();
      var console = new Console(new PrintWriter(out), new PrintWriter(out), Terminal.none());
      assertEquals(0, Main.run(console, commands.group(1), "--help"), commands.group());
      found++;
    }
    assertTrue(found >= 6, "the README shows only %d commands".formatted(found));
  }

  private static String javaExample(int number) throws IOException {
    return JavaExamples.of(README).get(number);
  }
}
