package stride.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Makes folders of files for tests, by their paths. */
record PictureTree(Path root) {
  /**
   * Makes files, those with names of pictures of 1 pixel each, and folders, which end with "/". "a
   * -> b" makes a link a to b, as it stands there.
   */
  PictureTree with(String... paths) throws IOException {
    for (var path : paths) {
      var link = path.split(" -> ");
      var file = root.resolve(link[0]);
      boolean folder = path.endsWith("/") && link.length == 1;
      Files.createDirectories(folder ? file : file.getParent());
      if (link.length > 1) {
        Files.createSymbolicLink(file, Path.of(link[1]));
      } else if (path.endsWith(".png")) {
        ImageIO.write(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
      } else if (!folder) {
        Files.writeString(file, "no picture");
      }
    }
    return this;
  }

  /** A path as the trees of tests write it. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }
}
