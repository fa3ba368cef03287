package stride.data.boxes;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds pictures that a file names, in the folders where they may lie. */
final class PictureFinder {
  /** The first folder of a path, with any ./ and ../ that follow it at once. */
  private static final Pattern FIRST = Pattern.compile("[^/]*/+(?:\\.\\.?/+)*");

  private static final Pattern ABSOLUTE = Pattern.compile("/.*|[A-Za-z]:.*");

  private final List<Path> bases;

  /** Where a picture of each folder, as it is written, has been found: the others are there too. */
  private final Map<String, Path> known = new HashMap<>();

  /**
   * Looks in folders.
   *
   * @param bases the folders, the likely ones first
   */
  PictureFinder(List<Path> bases) {
    this.bases = bases.stream().filter(Files::isDirectory).distinct().toList();
  }

  /**
   * Finds a file: as it is written, or with the slashes of this system, or with its letters
   * composed or decomposed. If there is none, the folders in front of it are left out one by one,
   * for the data may have been moved, up to one that is here: what is not in it is missing, though
   * another folder may have a picture of that name.
   */
  Optional<Path> find(String written) {
    String path = written.strip().replace('\\', '/');
    int last = path.lastIndexOf('/') + 1;
    var likely = known.get(path.substring(0, last));
    var found =
        (likely == null ? Optional.<Path>empty() : in(List.of(likely), path.substring(last)))
            .or(() -> in(bases, written))
            .or(() -> moved(path));
    found.map(Path::getParent).ifPresent(folder -> known.put(path.substring(0, last), folder));
    return found;
  }

  private Optional<Path> moved(String written) {
    String path = written;
    while (true) {
      var found = in(bases, path);
      int last = path.lastIndexOf('/');
      if (found.isPresent() || last < 0) {
        return found;
      }
      if (!ABSOLUTE.matcher(path).matches()
          && in(bases, path.substring(0, last), Files::isDirectory).isPresent()) {
        return Optional.empty();
      }
      path = FIRST.matcher(path).replaceFirst("");
    }
  }

  private static Optional<Path> in(List<Path> bases, String path) {
    return in(bases, path, Files::isRegularFile);
  }

  private static Optional<Path> in(List<Path> bases, String path, Predicate<Path> wanted) {
    try {
      return Stream.of(
              path, Normalizer.normalize(path, Form.NFC), Normalizer.normalize(path, Form.NFD))
          .distinct()
          .flatMap(form -> bases.stream().map(base -> base.resolve(form)))
          .filter(wanted)
          .findFirst();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The folder in which a picture that is not found was expected. */
  String place() {
    return bases.isEmpty() ? "any folder" : bases.getFirst().toString();
  }
}
