package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.network.Model;
import stride.zoo.Zoo;

final class ExplainCommandTest {
  @TempDir private Path temp;
  private Path model;
  private Path picture;

  @BeforeEach
  void write() throws Exception {
    model = temp.resolve("model.safetensors");
    Model.initialized(Zoo.find("lenet5").network(), 1).save(model);
    var drawn = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    drawn.createGraphics().fillRect(12, 4, 4, 20);
    picture = temp.resolve("one.png");
    ImageIO.write(drawn, "png", picture.toFile());
  }

  @Test
  void drawsThreePicturesLargeEnoughToSee() throws Exception {
    var out = temp.resolve("a/b");
    var json =
        Stride.run("explain", model, picture, "--out", out, "--layer", "conv2", "--json").json();
    var files = List.of("gradcam.png", "maps-conv2.png", "filters.png");
    assertEquals(
        files.stream().map(name -> out.resolve(name).toString()).toList(), json.get("files"));
    for (var name : files) {
      var drawn = ImageIO.read(out.resolve(name).toFile());
      assertEquals(true, drawn.getWidth() >= 200 && drawn.getHeight() >= 100, name);
    }
    assertEquals(224, ImageIO.read(out.resolve("gradcam.png").toFile()).getWidth());
  }

  @Test
  void looksForTheClassThatIsAskedFor() throws Exception {
    var pictures =
        List.of("3", "4").stream()
            .map(
                name -> {
                  var out = temp.resolve(name);
                  Stride.run("explain", model, picture, "--out", out, "--class", name).succeeds();
                  return out.resolve("gradcam.png");
                })
            .toList();
    assertNotEquals(-1, Files.mismatch(pictures.get(0), pictures.get(1)));
  }

  @Test
  void saysWhatThereIsInsteadAndLeavesNoFolder() {
    var out = temp.resolve("out");
    Stride.run("explain", model, picture, "--out", out, "--class", "cat")
        .refusesWith("--class cat", "no such class", "it knows 0, 1, 2, 3, 4, 5, 6, 7 and 2 more");
    Stride.run("explain", model, picture, "--out", out, "--layer", "conv9")
        .failsWith("no layer conv9", "conv1");
    assertEquals(false, Files.exists(out));
  }
}
