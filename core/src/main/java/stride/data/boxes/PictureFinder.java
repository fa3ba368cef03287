package stride.data.boxes;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds pictures that a file names, in the folders where they may lie. Where a picture has been
 * found the next is looked for first.
 */
final class PictureFinder {
  private final List<Path> bases;

  PictureFinder(List<Path> bases) {
    this.bases = new ArrayList<>(bases.stream().filter(Files::isDirectory).distinct().toList());
  }

  /**
   * Finds a file: as it is written, or with the slashes of this system, or with its letters
   * composed or decomposed, or, if there is none of that path, by the last part of it alone.
   */
  Optional<Path> find(String written) {
    String slashed = written.strip().replace('\\', '/');
    String last = slashed.substring(slashed.lastIndexOf('/') + 1);
    return Stream.of(written, slashed, last)
        .distinct()
        .flatMap(
            path ->
                Stream.of(
                    path,
                    Normalizer.normalize(path, Form.NFC),
                    Normalizer.normalize(path, Form.NFD)))
        .distinct()
        .flatMap(path -> inBases(path).stream())
        .findFirst();
  }

  private Optional<Path> inBases(String path) {
    for (int i = 0; i < bases.size(); i++) {
      var base = bases.get(i);
      try {
        var file = base.resolve(path);
        if (Files.isRegularFile(file)) {
          bases.remove(i);
          bases.addFirst(base);
          return Optional.of(file);
        }
      } catch (InvalidPathException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The folder in which a picture that is not found was expected. */
  String place() {
    return bases.isEmpty() ? "any folder" : bases.getFirst().toString();
  }
}
