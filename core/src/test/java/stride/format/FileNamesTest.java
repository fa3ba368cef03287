package stride.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import stride.data.ImageFolder;
import stride.image.Preprocessing;
import stride.tensor.Shape;

class FileNamesTest {
  @TempDir Path temp;

  /** Makes a folder whose name is no UTF-8, which Java itself cannot. */
  private Path unreadable() throws Exception {
    var shell =
        new ProcessBuilder("sh", "-c", "mkdir \"$(printf 'kl\\344sse')\"")
            .directory(temp.toFile())
            .start();
    assumeTrue(shell.waitFor() == 0, "skipped: the file system's names are UTF-8");
    try (var found = Files.list(temp)) {
      return found.findFirst().orElseThrow();
    }
  }

  @Test
  void namesThatAreTextAre() throws IOException {
    assertTrue(FileNames.isText(Path.of("a b", "c.png")));
    assertTrue(FileNames.isText(Path.of("")));
    assertEquals("nothing to add", FileNames.explained("nothing to add"));
  }

  /** The replacement character may be a name's own. */
  @Test
  void aReplacementCharacterIsText() {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "skipped: not UTF-8");
    assertTrue(FileNames.isText(Path.of("\ufffd.png")));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its names are UTF-16")
  void aNameThatIsNoTextIsFoundAndSaysWhatToDo() throws Exception {
    var folder = unreadable();
    assertFalse(FileNames.isText(folder));
    assertTrue(Files.isDirectory(folder));
    String complaint = FileNames.complaint(folder);
    assertTrue(complaint.startsWith("cannot use " + folder + " by its name; "), complaint);
    assertTrue(complaint.contains("rename it") || complaint.contains("LC_ALL"), complaint);
    assertEquals(complaint, FileNames.explained(complaint));
  }

  /** A class that is called "kl?sse" would be the same as others. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its names are UTF-16")
  void aClassOfSuchANameIsRefused() throws Exception {
    var folder = unreadable();
    Files.write(folder.resolve("picture.png"), new byte[] {1});
    var e =
        assertThrows(
            FileException.class,
            () -> ImageFolder.of(temp, Preprocessing.none(Shape.image(8, 8, 3))));
    assertTrue(String.valueOf(e.getMessage()).contains(" by its name; "), e.getMessage());
  }
}
