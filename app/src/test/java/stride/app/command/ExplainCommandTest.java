package stride.app.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.sequential;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.app.Stride;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.zoo.TrainedOn;
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

  @ParameterizedTest
  @CsvSource({
    "Great_White-Shark, great white shark, 2",
    "ICE_CREAM, ice cream, 928",
    "n02012849, crane bird, 134",
    "517, crane, 517",
    "tench, tench, 0"
  })
  void findsTheClassHoweverItIsNamed(String given, String name, int index) throws Exception {
    var imagenet = temp.resolve("imagenet.safetensors");
    var network = Network.of(Shape.image(8, 8, 3), sequential(conv(2, 3), flatten(), dense(1000)));
    Model.initialized(network, 1).withLabels(TrainedOn.IMAGENET.labels()).save(imagenet);
    var run =
        Stride.run(
                "explain",
                imagenet,
                picture,
                "--out",
                temp.resolve("out"),
                "--class",
                given,
                "--json")
            .succeeds();
    assertEquals(index, run.json().get("index"));
    assertEquals(name, run.json().get("class"));
    var twice = new ArrayList<>(TrainedOn.IMAGENET.labels());
    twice.set(134, "crane");
    Model.initialized(network, 1).withLabels(twice).save(imagenet);
    Stride.run("explain", imagenet, picture, "--out", temp.resolve("two"), "--class", "crane")
        .refusesWith(
            "--class crane: the class crane may be 134 or 517 of the 1,000 that are known; call it"
                + " 134-crane or 517-crane to say which");
  }

  @Test
  void saysWhatThereIsInsteadAndLeavesNoFolder() {
    var out = temp.resolve("out");
    Stride.run("explain", model, picture, "--out", out, "--class", "cat")
        .refusesWith(
            "--class cat: the class cat is none of the 10 that are known: 0, 1, 2 and 7 more");
    Stride.run("explain", model, picture, "--out", out, "--layer", "conv9")
        .failsWith("no layer conv9", "conv1");
    assertEquals(false, Files.exists(out));
  }
}
