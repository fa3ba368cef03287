package stride.zoo;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.zip.GZIPInputStream;
import stride.format.AtomicFiles;
import stride.format.FileException;
import stride.format.FormatException;

/** Unpacks gzipped archives in the format that POSIX calls ustar, {@code .tar.gz}. */
final class Tar {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_DIGITS = 11;
  private static final int KIND_AT = 156;

  private Tar() {}

  /**
   * Writes some of an archive's files into a folder, each whole or not at all.
   *
   * @param names the files' own names, without their folders
   * @throws FileException if the archive cannot be read or a file not be written
   * @throws FormatException if it is damaged, or one of the files is not in it
   */
  static void unpack(Path archive, List<String> names, Path into) throws IOException {
    var missing = new HashSet<>(names);
    try (var in =
        new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive), 1 << 16))) {
      for (byte[] header = in.readNBytes(BLOCK);
          header.length == BLOCK && header[0] != 0;
          header = in.readNBytes(BLOCK)) {
        String name = String.valueOf(Path.of(text(header, 0, NAME)).getFileName());
        long size = size(archive, header);
        boolean file = header[KIND_AT] == '0' || header[KIND_AT] == 0;
        if (file && missing.remove(name)) {
          AtomicFiles.write(into.resolve(name), out -> copy(in, size, out));
          in.skipNBytes(padding(size));
        } else {
          in.skipNBytes(size + padding(size));
        }
      }
    } catch (FileException | FormatException e) {
      throw e;
    } catch (IOException e) {
      throw FileException.reading(archive, e);
    }
    if (!missing.isEmpty()) {
      throw new FormatException("%s: %s is not in it".formatted(archive, missing));
    }
  }

  private static void copy(InputStream in, long size, OutputStream out) throws IOException {
    var chunk = new byte[1 << 16];
    for (long left = size; left > 0; ) {
      int read = in.readNBytes(chunk, 0, (int) Math.min(chunk.length, left));
      if (read == 0) {
        throw new EOFException("it ends within a file");
      }
      out.write(chunk, 0, read);
      left -= read;
    }
  }

  private static long padding(long size) {
    return -size & (BLOCK - 1);
  }

  private static long size(Path archive, byte[] header) throws FormatException {
    String digits = text(header, SIZE_AT, SIZE_DIGITS).trim();
    try {
      return Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new FormatException(
          "%s: a file's size is %s, expected an octal number".formatted(archive, digits), e);
    }
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }
}
