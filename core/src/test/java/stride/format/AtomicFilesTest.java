package stride.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {
  @TempDir Path folder;

  private static AtomicFiles.Content text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void writesAndReplacesAFileAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("model");
    AtomicFiles.write(file, text("first, and longer"));
    AtomicFiles.write(file, text("second"));
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void aFullDiskKeepsTheEarlierFileAndLeavesNothingHalfWritten() throws IOException {
    Path file = folder.resolve("model");
    AtomicFiles.write(file, text("earlier"));
    var e =
        assertThrows(
            FileException.class,
            () ->
                AtomicFiles.write(
                    file,
                    out -> {
                      out.write(new byte[300_000]);
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        "cannot write "
            + file
            + ": the disk is full (No space left on device); free some space and try again",
        e.getMessage());
    assertEquals("earlier", Files.readString(file));
    assertEquals(List.of("model"), names());
  }

  @Test
  void aProgrammersErrorComesOutAsItIsAndLeavesNothing() throws IOException {
    var thrown = new IllegalStateException("no");
    var caught =
        assertThrows(
            IllegalStateException.class,
            () ->
                AtomicFiles.write(
                    folder.resolve("model"),
                    out -> {
                      out.write(1);
                      throw thrown;
                    }));
    assertSame(thrown, caught);
    assertEquals(List.of(), names());
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("nowhere").resolve("model");
    var e = assertThrows(FileException.class, () -> AtomicFiles.write(file, text("x")));
    assertEquals(
        "cannot write %s: the folder %s does not exist; create it first"
            .formatted(file, file.getParent()),
        e.getMessage());
  }

  @Test
  void aFolderInTheWayIsNotReplaced() throws IOException {
    Path file = Files.createDirectory(folder.resolve("model"));
    var e = assertThrows(FileException.class, () -> AtomicFiles.write(file, text("x")));
    assertEquals("cannot write " + file + ": it is a folder, not a file", e.getMessage());
    assertTrue(Files.isDirectory(file));
  }

  @Test
  void aDeviceIsNotReplacedByAFile() {
    Path device = Path.of("/dev/full");
    assumeTrue(Files.exists(device), "skipped: there is no /dev/full");
    var e = assertThrows(FileException.class, () -> AtomicFiles.write(device, text("x")));
    assertEquals("cannot write /dev/full: it is a device, not a file", e.getMessage());
    assertFalse(Files.isRegularFile(device));
  }

  @Test
  void anUnwritableFolderIsOneSentence() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    assumeTrue(
        Files.getFileStore(locked).supportsFileAttributeView("posix"), "skipped: no permissions");
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      // The superuser may write everywhere but to the kernel's own files.
      Path unwritable = Files.isWritable(locked) ? Path.of("/sys") : locked;
      assumeTrue(Files.isDirectory(unwritable), "skipped: this user may write everywhere");
      Path file = unwritable.resolve("model");
      var e = assertThrows(FileException.class, () -> AtomicFiles.write(file, text("x")));
      assertEquals("cannot write " + file + ": permission is denied", e.getMessage());
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aSymbolicLinkStaysALink() throws IOException {
    Path file = folder.resolve("real");
    AtomicFiles.write(file, text("old"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    AtomicFiles.write(link, text("new"));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));

    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("none"));
    var e = assertThrows(FileException.class, () -> AtomicFiles.write(dangling, text("x")));
    assertTrue(e.getMessage().contains("symbolic link"), e.getMessage());
  }

  /** Ctrl-C interrupts threads; the checkpoint that it asks for must still be written. */
  @Test
  void anInterruptedThreadStillWrites() throws IOException {
    Path file = folder.resolve("model");
    Thread.currentThread().interrupt();
    try {
      AtomicFiles.write(file, text("saved"));
    } finally {
      assertTrue(Thread.interrupted(), "the interrupt must not be swallowed");
    }
    assertEquals("saved", Files.readString(file));
  }

  @Test
  void sweepingDeletesWhatKilledWritersLeftAndNothingElse() throws IOException {
    Files.writeString(folder.resolve(".stride-0123.part"), "half");
    Files.writeString(folder.resolve("model.part"), "mine");
    Files.writeString(folder.resolve(".hidden"), "mine");
    AtomicFiles.sweep(folder);
    assertEquals(List.of(".hidden", "model.part"), names());
  }
}
