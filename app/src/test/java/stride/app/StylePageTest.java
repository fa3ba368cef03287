package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Image;
import stride.image.Pictures;
import stride.network.Model;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.zoo.Zoo;

/** What docs/style.md says, done with small pictures of noise and weights of no use. */
final class StylePageTest {
  private static final Path PAGE = Path.of("..", "docs", "style.md");

  @TempDir private Path folder;

  @BeforeEach
  void makeFiles() throws Exception {
    Model.initialized(Zoo.find("squeezenet1_1").network(), 1)
        .save(folder.resolve("squeezenet1_1.safetensors"));
    for (String name : new String[] {"chelsea.png", "starry_night.jpg", "wave.jpg"}) {
      var values = Tensor.zeros(Shape.image(48, 40, 3));
      for (int i = 0; i < values.data().length; i++) {
        values.data()[i] = (float) (0.5 + 0.5 * Math.sin(i * (double) name.length()));
      }
      new Image(values).savePng(folder.resolve(name));
    }
  }

  @Test
  void everyCommandOfThePagePaints() throws Exception {
    String page = Files.readString(PAGE);
    var blocks = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(page).results();
    var commands =
        blocks
            .flatMap(block -> block.group(1).lines())
            .map(line -> line.replaceFirst("^\\./stride ", ""))
            .toList();
    assertEquals(3, commands.size(), "commands");
    for (var command : commands) {
      var words =
          Stream.of(command.replace("--size 0.4MP ", "").split(" "))
              .map(word -> word.matches(".*\\.\\w{3,}|frames") ? folder.resolve(word) : word);
      Stride.run(Stream.concat(words, Stream.of("--steps", 1)).toArray()).succeeds();
    }
    for (String painted : new String[] {"painted.png", "strong.png", "both.png"}) {
      assertEquals(48, Pictures.decode(folder.resolve(painted)).rgb().height(), painted);
    }
  }

  @Test
  void theJavaOfThePagePaints() throws Exception {
    var examples = JavaExamples.of(PAGE);
    assertEquals(1, examples.size());
    String text = JavaExamples.run(examples.getFirst(), folder);
    assertTrue(text.contains("Losses[content="), text);
    assertEquals(40, Pictures.decode(folder.resolve("painted.png")).rgb().width());
  }

  @Test
  void thePicturesOfThePageAreThere() throws Exception {
    var pictures = Pattern.compile("]\\(([\\w-]+\\.jpg)\\)").matcher(Files.readString(PAGE));
    int found = 0;
    while (pictures.find()) {
      assertTrue(Pictures.decode(PAGE.resolveSibling(pictures.group(1))).width() > 500);
      found++;
    }
    assertEquals(3, found);
  }
}
