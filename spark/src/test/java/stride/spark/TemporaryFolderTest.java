package stride.spark;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Temporary files go away, and what does not hides no other failure. */
final class TemporaryFolderTest {
  /** Linux takes paths of up to 4,095 bytes, with names of up to 255. */
  private static final int LONGEST = 3900;

  private static final String NAME = "n".repeat(100);

  @TempDir Path shared;

  @Test
  void foldersAreDeletedWithAllThatIsInThem() throws IOException {
    var folder = shared.resolve("folder");
    Files.createDirectories(folder.resolve("a").resolve("b"));
    Files.writeString(folder.resolve("a").resolve("file"), "text");
    TemporaryFolder.delete(folder);
    assertFalse(Files.exists(folder));
  }

  @Test
  void aFolderThatIsGoneIsNoFailure() {
    assertDoesNotThrow(() -> TemporaryFolder.delete(shared.resolve("none")));
  }

  /** A folder whose own name grew holds paths that are too long to be opened. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFolderThatCannotBeListedIsNoFailure() throws IOException {
    var folder = shared.resolve("folder");
    var first = folder.resolve("a");
    var deepest = first;
    while (deepest.toString().length() + NAME.length() < LONGEST) {
      deepest = deepest.resolve(NAME);
    }
    Files.createDirectories(deepest);
    var longer = folder.resolve("b".repeat(250));
    Files.move(first, longer);
    try {
      assertDoesNotThrow(() -> TemporaryFolder.delete(folder));
      assertTrue(Files.exists(longer), "it could be listed");
    } finally {
      Files.move(longer, first);
    }
  }
}
