package stride.app.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Optional;
import java.util.stream.Stream;

/** The pictures that tables name, on whichever system they were written. */
final class PicturePaths {
  private PicturePaths() {}

  /**
   * Finds a picture: as it is written, or with the slashes of this system, or with its letters
   * composed or decomposed.
   *
   * @param table what the path is relative to, unless it is absolute
   * @return empty if there is no such file
   */
  static Optional<Path> find(Path table, String written) {
    var found = file(table, written);
    return found.isPresent()
        ? found
        : Stream.of(written.strip(), written.strip().replace('\\', '/'))
            .flatMap(
                path ->
                    Stream.of(
                        path,
                        Normalizer.normalize(path, Form.NFC),
                        Normalizer.normalize(path, Form.NFD)))
            .flatMap(path -> file(table, path).stream())
            .findFirst();
  }

  /** Where a picture would be, for a message. */
  static String place(Path table, String written) {
    try {
      return table.resolveSibling(written.strip()).toString();
    } catch (InvalidPathException e) {
      return written;
    }
  }

  private static Optional<Path> file(Path table, String path) {
    try {
      return Optional.of(table.resolveSibling(path)).filter(Files::isRegularFile);
    } catch (InvalidPathException e) {
      // No file has such a name.
      return Optional.empty();
    }
  }
}
