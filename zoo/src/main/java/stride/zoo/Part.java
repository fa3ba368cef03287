package stride.zoo;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The downloaded part of a file, in the folder of the whole file.
 *
 * @param file the file that contains the part
 * @param versionFile the file that names the server's version of the file
 * @param lock the file that the writer locks
 */
record Part(Path file, Path versionFile, Path lock) {
  private static final int CHUNK = 1 << 18;

  static Part of(Path target) {
    String name = "." + target.getFileName();
    return new Part(
        target.resolveSibling(name + ".part"),
        target.resolveSibling(name + ".version"),
        target.resolveSibling(name + ".lock"));
  }

  long size() throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** Returns the server's name of the version that this is a part of, for If-Range. */
  Optional<String> version() throws IOException {
    return Files.exists(versionFile)
        ? Optional.of(Files.readString(versionFile))
        : Optional.empty();
  }

  /** Deletes the part, and records the version that a server sends. */
  void begin(HttpResponse<?> response) throws IOException {
    delete();
    var headers = response.headers();
    // A weak entity tag does not promise the same bytes (RFC 9110, 13.1.5).
    var version =
        headers
            .firstValue("ETag")
            .filter(tag -> !tag.startsWith("W/"))
            .or(() -> headers.firstValue("Last-Modified"));
    if (version.isPresent()) {
      Files.writeString(versionFile, version.get());
    }
  }

  /** Opens the part to append bytes. */
  FileChannel open() throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(versionFile);
  }

  /** Returns the part's SHA-256, in hexadecimal. */
  String sha256() throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var chunk = ByteBuffer.allocate(CHUNK);
      while (channel.read(chunk.clear()) >= 0) {
        digest.update(chunk.flip());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
