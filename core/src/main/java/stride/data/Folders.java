package stride.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import stride.format.FileException;

/** What lies in the folders of data sets. */
final class Folders {
  private Folders() {}

  /**
   * Refuses what is no folder.
   *
   * @throws FileException if it is not there or something else
   */
  static void require(Path folder) throws FileException {
    if (!Files.isDirectory(folder)) {
      throw new FileException(
          "cannot read %s: %s"
              .formatted(
                  folder, Files.exists(folder) ? "it is not a folder" : "there is no such folder"));
    }
  }

  /**
   * What a folder holds, in the order of the names.
   *
   * @throws FileException if it is no folder or cannot be read
   */
  static List<Path> list(Path folder) throws IOException {
    require(folder);
    try (var found = Files.list(folder)) {
      return found.sorted(Comparator.comparing(Folders::name)).toList();
    } catch (UncheckedIOException e) {
      throw FileException.reading(folder, new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /** A file's own name. */
  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
