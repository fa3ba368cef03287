package stride.app;

import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.named;
import static stride.layer.Layers.sequential;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** A model that tells up to 1,000 classes apart by the colour of a picture, and pictures for it. */
final class ColourModel {
  private ColourModel() {}

  /** Saves a model, of which class k is any picture of {@link #colour}(k). */
  static Path save(Path file, int classes, List<String> labels) throws IOException {
    var network =
        Network.of(Shape.image(1, 1, 3), sequential(flatten(), named("fc", dense(classes))));
    var weights = new float[classes * 3];
    var biases = new float[classes];
    for (int k = 0; k < classes; k++) {
      // The nearest colour has the largest 2 p x - p p.
      for (int c = 0; c < 3; c++) {
        float value = (colour(k) >> (16 - 8 * c) & 0xFF) / 255f;
        weights[3 * k + c] = 2 * value;
        biases[k] -= value * value;
      }
    }
    var values =
        Map.of(
            "fc.weight", new Tensor(Shape.of(classes, 3), weights),
            "fc.bias", new Tensor(Shape.of(classes), biases));
    var model = Model.of(network, values).withPreprocessing(Preprocessing.none(network.input()));
    model.withLabels(labels).save(file);
    return file;
  }

  /** The colour of a class, as 0xRRGGBB. */
  static int colour(int k) {
    return k % 10 * 25 << 16 | k / 10 % 10 * 25 << 8 | k / 100 % 10 * 25;
  }

  /** Writes a picture of a class. */
  static Path picture(Path file, int k) throws IOException {
    var picture = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 4; i++) {
      picture.setRGB(i % 2, i / 2, colour(k));
    }
    Files.createDirectories(file.getParent());
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }
}
