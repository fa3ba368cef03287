package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.sequential;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;

/** Pictures of all formats, and the options for them. */
final class PredictPicturesTest {
  private static final Path TURNED = picture("core", "image", "orientation_6.jpg");
  private static final Path UPRIGHT = picture("core", "image", "orientation_1.jpg");
  private static final Path WEBP = picture("codecs", "codecs", "lossless.webp");

  @TempDir Path temp;
  private Path model;

  private static Path picture(String module, String folder, String name) {
    return Path.of("..", module, "src/test/resources/stride", folder, "pictures", name);
  }

  @BeforeEach
  void saveAModel() throws IOException {
    var preprocessing = Preprocessing.imageNet(16).resize(20);
    var network = Network.of(preprocessing.shape(), sequential(conv(4, 3), flatten(), dense(3)));
    model = temp.resolve("model.safetensors");
    new Model(
            network,
            Model.initialized(network, 1).weights(),
            List.of("ant", "bee", "cat"),
            preprocessing)
        .save(model);
  }

  private Object probability(Object... arguments) throws Exception {
    var images = Stride.list(Stride.run(arguments).json(), "images");
    return Stride.list(images.getFirst(), "top").getFirst().get("probability");
  }

  @Test
  void webPIsReadByTheCodecsThatComeWithTheCommandLine() {
    assertTrue(Stride.run("predict", model, WEBP).succeeds().out().startsWith(WEBP.toString()));
  }

  @Test
  void picturesAreTurnedUprightUnlessToldOtherwise() throws Exception {
    var upright = probability("predict", model, UPRIGHT, "--json");
    assertNotEquals(upright, probability("predict", model, TURNED, "--json"));
    assertEquals(upright, probability("predict", model, TURNED, "--json", "--no-exif"));
  }

  @Test
  void largePicturesAreRefused() {
    Stride.run("predict", model, WEBP, "--max-pixels", 962).succeeds();
    Stride.run("predict", model, WEBP, "--max-pixels", 961)
        .failsWith("lossless.webp: has 37x26 pixels, at most 961 are read");
    Stride.run("predict", model, WEBP, "--max-pixels", 0)
        .refusesWith("--max-pixels takes 1 or more, found 0");
  }
}
