package stride.app;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small pictures of squares and bars with YOLO's text files, for trainings of detectors. */
final class BoxPictureFolder {
  private static final int SIDE = 64;

  private BoxPictureFolder() {}

  /** Writes a folder with images, labels and the names of two classes. */
  static void write(Path folder, int pictures) throws IOException {
    Files.createDirectories(folder.resolve("images"));
    Files.createDirectories(folder.resolve("labels"));
    Files.writeString(folder.resolve("classes.txt"), "square\nbar\n");
    var random = new SplittableRandom(7);
    for (int i = 0; i < pictures; i++) {
      var picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      var graphics = picture.createGraphics();
      graphics.setColor(new Color(random.nextInt(40, 90), random.nextInt(40, 90), 60));
      graphics.fillRect(0, 0, SIDE, SIDE);
      var lines = new StringBuilder();
      for (int box = 0; box < 2; box++) {
        int height = random.nextInt(16, 28);
        int width = box == 0 ? height : height / 3;
        int left = random.nextInt(0, SIDE / 2 - width) + box * SIDE / 2;
        int top = random.nextInt(0, SIDE - height);
        graphics.setColor(box == 0 ? Color.ORANGE : Color.CYAN);
        graphics.fillRect(left, top, width, height);
        lines.append(
            String.format(
                Locale.ROOT,
                "%d %.4f %.4f %.4f %.4f%n",
                box,
                (left + width / 2.0) / SIDE,
                (top + height / 2.0) / SIDE,
                (double) width / SIDE,
                (double) height / SIDE));
      }
      graphics.dispose();
      ImageIO.write(picture, "png", folder.resolve("images/" + i + ".png").toFile());
      Files.writeString(folder.resolve("labels/" + i + ".txt"), lines);
    }
  }
}
