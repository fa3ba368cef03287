package stride.app;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that tests read and that lie beside the project because they are too large. */
final class SharedData {
  private SharedData() {}

  /** A file below {@code shared/data}; without it the test is skipped with a message. */
  static Path require(String file) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path found = folder.resolveSibling("shared").resolve("data").resolve(file);
      if (Files.exists(found)) {
        return found;
      }
    }
    assumeTrue(false, "skipped: ../shared/data/" + file + " is not there");
    throw new AssertionError("not reached");
  }
}
