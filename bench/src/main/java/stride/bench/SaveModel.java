package stride.bench;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import stride.network.Model;
import stride.zoo.Zoo;

/**
 * Saves a network with random weights, and a picture for it: {@code SaveModel NETWORK
 * MODEL.safetensors PICTURE.png}.
 */
final class SaveModel {
  private SaveModel() {}

  public static void main(String[] args) throws IOException {
    Model.initialized(Zoo.find(args[0]).network(), 1).save(Path.of(args[1]));
    ImageIO.write(picture(), "png", Path.of(args[2]).toFile());
  }

  /** Makes a picture as large and as hard to compress as a small photograph. */
  private static BufferedImage picture() {
    var picture = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
    var random = new Random(1);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int noise = random.nextInt(16);
        int red = x * 200 / picture.getWidth() + noise;
        int green = y * 200 / picture.getHeight() + noise;
        picture.setRGB(x, y, red << 16 | green << 8 | 100 + noise);
      }
    }
    return picture;
  }
}
