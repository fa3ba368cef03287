package stride.onnx.export;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of other people, in the data that lie beside the project. */
public final class SharedModels {
  private SharedModels() {}

  /** The folder of the models and what they give; without it the test is skipped. */
  public static Path folder() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path found = at.resolve("shared/data/onnx");
      if (Files.isDirectory(found)) {
        return found;
      }
    }
    assumeTrue(false, "skipped: ../shared/data/onnx is not there");
    throw new AssertionError("not reached");
  }

  /** All models. */
  public static List<Path> files() throws IOException {
    try (var files = Files.list(folder().resolve("models"))) {
      return files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
  }
}
