package stride.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of rows on a task's disk, and what is left of them. */
final class SpilledFilesTest {
  @TempDir Path folder;

  private static PictureRows.Picture picture(int... bytes) {
    byte[] file = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      file[i] = (byte) bytes[i];
    }
    return new PictureRows.Picture(PictureKey.of(file), file);
  }

  private static PictureTable table(PictureRows.Picture... pictures) {
    return new PictureTable(
        List.of("cat"),
        Stream.of(pictures)
            .map(picture -> new PictureRows.Entry(null, picture.key(), 0.0, false, null))
            .toList(),
        new int[pictures.length],
        pictures.length);
  }

  private void assertEmpty() throws IOException {
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void picturesAreReadAgainAndLeaveNothing() throws IOException {
    var first = picture(1, 2, 3);
    var second = picture(4);
    var missing = picture(5, 6);
    var table = table(first, second, missing);
    try (var files = new SpilledFiles(table, folder, List.of(second, first, second).iterator())) {
      assertArrayEquals(first.file(), files.read(0));
      assertArrayEquals(second.file(), files.read(1));
      assertTrue(files.has(1));
      assertFalse(files.has(2));
      assertThrows(IOException.class, () -> files.read(2));
    }
    assertEmpty();
  }

  /** Spark's own exceptions leave the iterator, too, as after a failed fetch. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void rowsThatFailLeaveNoFileOpen() throws IOException {
    var first = picture(1, 2, 3);
    var failing =
        Stream.of(first, picture(4))
            .peek(
                picture -> {
                  if (picture.file().length == 1) {
                    throw new IllegalStateException("fetch failed");
                  }
                })
            .iterator();
    assertEquals(
        "fetch failed",
        assertThrows(
                IllegalStateException.class, () -> new SpilledFiles(table(first), folder, failing))
            .getMessage());
    assertEmpty();
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      assertEquals(
          List.of(),
          open.map(SpilledFilesTest::target)
              .filter(file -> file.contains(folder.toString()))
              .toList());
    }
  }

  /** The file of a descriptor; empty if it was closed meanwhile. */
  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
