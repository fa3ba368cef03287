package stride.app.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import stride.app.console.UsageException;
import stride.format.FileException;

/** A folder of changed copies of pictures, {@code --out}. */
public final class CopyFolder {
  private final Path folder;
  private final Set<String> taken = new HashSet<>();

  private CopyFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder if there is none.
   *
   * @throws IOException if it cannot be made
   */
  public static CopyFolder of(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileException("cannot write to %s: it is not a folder".formatted(folder));
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
    return new CopyFolder(folder);
  }

  /**
   * Refuses a folder that one of the pictures lies in.
   *
   * @param changed what a copy is called: "painted"
   * @throws UsageException if a copy could replace a picture
   */
  public void requireElsewhere(List<Path> pictures, String changed) throws IOException {
    for (var picture : pictures) {
      var own = picture.toAbsolutePath().getParent();
      if (own != null && Files.isDirectory(own) && Files.isSameFile(own, folder)) {
        throw new UsageException(
            "--out %s is the folder of %s, which the %s one would replace: give another folder"
                .formatted(folder, picture, changed));
      }
    }
  }

  /**
   * {@return the file of a picture's copy: a JPEG of a JPEG, else a PNG} Of pictures with the same
   * name the later ones get a number.
   *
   * @throws IOException if it cannot be written there
   */
  public OutputFile copyOf(Path picture) throws IOException {
    return OutputFile.picture("--out", folder.resolve(name(picture)));
  }

  private String name(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String suffix = dot > 0 ? name.substring(dot).toLowerCase(Locale.ROOT) : "";
    String copied = suffix.equals(".jpg") || suffix.equals(".jpeg") ? ".jpg" : ".png";
    String unique = stem + copied;
    // Names that differ in case are the same on some disks.
    for (int i = 2; !taken.add(unique.toLowerCase(Locale.ROOT)); i++) {
      unique = "%s-%d%s".formatted(stem, i, copied);
    }
    return unique;
  }
}
