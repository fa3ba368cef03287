package stride.format;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files whole or not at all: into a temporary file in the same folder, which is flushed to
 * the disk and then takes the target's name in one step. A reader of the target sees the old file
 * or the new one, even after a crash or a power cut.
 */
public final class AtomicFiles {
  private static final String PREFIX = ".stride-";
  private static final String SUFFIX = ".part";
  private static final int BUFFER = 1 << 16;

  private AtomicFiles() {}

  /** The content of a file to be written. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of the content; need not flush or close.
     *
     * @param out the file's stream
     * @throws IOException if it cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, or replaces it. On any failure the temporary file is deleted and an earlier file
   * is unchanged.
   *
   * @param target the file; a symbolic link is followed
   * @param content writes the bytes
   * @throws FileException if the disk is full, the folder is missing or cannot be written to, or
   *     {@code target} is a folder or a device; the message is one sentence that names {@code
   *     target}
   */
  public static void write(Path target, Content content) throws IOException {
    Path temporary = null;
    try {
      Path file = followed(target);
      Path folder = folder(target, file);
      temporary = folder.resolve(PREFIX + UUID.randomUUID() + SUFFIX);
      try (var out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
        var buffered = new BufferedOutputStream(out, BUFFER);
        content.writeTo(buffered);
        buffered.flush();
      }
      flushToDisk(temporary);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      temporary = null;
      flushFolder(folder);
    } catch (IOException e) {
      throw FileException.writing(target, e);
    } finally {
      if (temporary != null) {
        deleteQuietly(temporary);
      }
    }
  }

  /**
   * Checks that a file could be written; call it before a long computation whose result goes there.
   *
   * @param target the file
   * @throws FileException if it could not, as far as that can be known; the message says why
   */
  public static void requireWritable(Path target) throws IOException {
    Path folder = folder(target, followed(target));
    if (!Files.isWritable(folder)) {
      throw new FileException(
          "cannot write %s: permission is denied in the folder %s".formatted(target, folder));
    }
  }

  private static Path folder(Path target, Path file) throws FileException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FileException(
          "cannot write %s: the folder %s does not exist; create it first"
              .formatted(target, folder));
    }
    return folder;
  }

  /**
   * Deletes the temporary files that killed processes left in a folder. Call it only for a folder
   * to which no other process writes at this moment, such as a run's folder.
   *
   * @param folder the folder
   * @throws IOException if it cannot be read
   */
  public static void sweep(Path folder) throws IOException {
    try (var left = Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw FileException.writing(folder, e);
    }
  }

  /**
   * Returns the file that the bytes go to: renaming onto a link or a device would replace it by a
   * file.
   */
  private static Path followed(Path target) throws IOException {
    Path file = target;
    if (Files.isSymbolicLink(target)) {
      try {
        file = target.toRealPath();
      } catch (NoSuchFileException e) {
        throw new FileException(
            "cannot write %s: it is a symbolic link to a file that does not exist"
                .formatted(target));
      }
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new FileException(
          "cannot write %s: it is %s, not a file"
              .formatted(target, Files.isDirectory(file) ? "a folder" : "a device"));
    }
    return file;
  }

  private static void flushToDisk(Path file) throws IOException {
    // Not by a FileChannel: an interrupted thread would close it, and the last checkpoint be lost.
    try (var opened = new RandomAccessFile(file.toFile(), "rw")) {
      opened.getFD().sync();
    }
  }

  private static void flushFolder(Path folder) {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no folders, and has the new name on disk without this.
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The caller must see the failure that led here, not this one.
    }
  }
}
