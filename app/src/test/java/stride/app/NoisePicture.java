package stride.app;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Pictures of random colours. */
public final class NoisePicture {
  private NoisePicture() {}

  /** Writes one, a JPEG if the file is named so, else a PNG. */
  public static void write(Path file, int width, int height, long seed) throws IOException {
    var random = new SplittableRandom(seed);
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      picture.setRGB(i % width, i / width, random.nextInt() & 0xFFFFFF);
    }
    ImageIO.write(picture, file.toString().endsWith("jpg") ? "jpg" : "png", file.toFile());
  }
}
