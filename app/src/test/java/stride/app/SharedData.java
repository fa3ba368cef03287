package stride.app;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that tests read and that lie beside the project because they are too large. */
final class SharedData {
  private SharedData() {}

  /**
   * Returns a file below {@code shared/data}. Without that folder the test is skipped with a
   * message; a file that is missing in it is a failure.
   */
  static Path require(String file) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path data = folder.resolveSibling("shared").resolve("data");
      if (Files.isDirectory(data)) {
        Path found = data.resolve(file);
        assertTrue(Files.exists(found), () -> "%s is missing".formatted(found));
        return found;
      }
    }
    assumeTrue(false, "skipped: ../shared/data is not there, nor " + file + " in it");
    throw new AssertionError("not reached");
  }
}
