package stride;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Data that lies beside the project where it is developed, and is too large to be part of it. */
public final class SharedData {
  private SharedData() {}

  /**
   * A file below {@code shared/data} beside the project; without it the test is skipped with a
   * message.
   */
  public static Path require(String file) {
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
