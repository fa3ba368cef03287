package stride.app.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import stride.app.console.Figures;
import stride.detection.Detection;
import stride.detection.Detector;
import stride.format.FileException;
import stride.image.Picture;

/** Draws what a detector found on copies of pictures, each a file of a folder. */
public final class BoxPainter {
  private final Path folder;
  private final Set<String> taken = new HashSet<>();

  private BoxPainter(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder if there is none.
   *
   * @throws IOException if it cannot be made
   */
  public static BoxPainter into(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileException("cannot write to %s: it is not a folder".formatted(folder));
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
    return new BoxPainter(folder);
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
    var to = OutputFile.picture("--out", folder.resolve(name(file)));
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

  private String name(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String suffix = dot > 0 ? name.substring(dot).toLowerCase(Locale.ROOT) : "";
    String drawn = suffix.equals(".jpg") || suffix.equals(".jpeg") ? ".jpg" : ".png";
    String unique = stem + drawn;
    // Names that differ in case are the same on some disks.
    for (int i = 2; !taken.add(unique.toLowerCase(Locale.ROOT)); i++) {
      unique = "%s-%d%s".formatted(stem, i, drawn);
    }
    return unique;
  }
}
