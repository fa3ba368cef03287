package stride.app.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import stride.app.console.Figures;
import stride.detection.Detection;
import stride.detection.Detector;
import stride.image.Picture;

/** Draws what a detector found on copies of pictures, each a file of a folder. */
public final class BoxPainter {
  private final CopyFolder folder;

  private BoxPainter(CopyFolder folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder if there is none.
   *
   * @throws IOException if it cannot be made
   */
  public static BoxPainter into(Path folder) throws IOException {
    return new BoxPainter(CopyFolder.of(folder));
  }

  /**
   * Draws on a copy of a picture, a JPEG of a JPEG, else a PNG. Of pictures with the same name the
   * later ones get a number.
   *
   * @return the copy's file
   */
  public Path draw(Path file, Picture picture, List<Detection> found, Detector detector)
      throws IOException {
    var boxes =
        found.stream()
            .map(one -> marked(one, "%s %s".formatted(detector.name(one), score(one))))
            .toList();
    var to = folder.copyOf(file);
    to.write(BoxDrawing.draw(picture.toBufferedImage(), boxes));
    return to.path();
  }

  /** How sure a detection is, as text: "87 %". */
  public static String score(Detection found) {
    return Figures.format("%.0f %%", 100 * found.score());
  }

  /** A detection to be drawn with a text. */
  public static BoxDrawing.Marked marked(Detection found, String text) {
    return new BoxDrawing.Marked(
        found.left(), found.top(), found.right(), found.bottom(), text, found.label());
  }
}
