package stride;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Data that tests read: of the project, and what lies beside it because it is too large. */
public final class TestData {
  private TestData() {}

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

  /** The folder of MNIST's four gzipped files, which are part of the project. */
  public static Path mnist() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve("mnist/src/main/resources/stride/mnist");
      if (Files.isDirectory(found)) {
        return found;
      }
    }
    throw new AssertionError("the mnist module's resources are not above the working directory");
  }
}
