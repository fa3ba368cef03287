package stride.zoo;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;

/**
 * A file on the web whose content is known by its checksum. A download leaves the whole file or, if
 * it is interrupted, a part beside it with which the next try continues.
 *
 * @param url the file's address; redirections are followed
 * @param sha256 the first digits of its SHA-256, in hexadecimal
 * @param patience the longest time that the server may be silent
 */
record Download(URI url, String sha256, Duration patience) {
  private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

  /** The most interruptions, each after further bytes, before the download fails. */
  private static final int MAX_BREAKS = 5;

  private static final int CHUNK = 1 << 16;
  private static final long LOOK_AGAIN_MILLIS = 100;

  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  Download(URI url, String sha256) {
    this(url, sha256, USUAL_PATIENCE);
  }

  /**
   * Downloads the file, unless it exists. Of several processes and threads one downloads, the
   * others wait.
   *
   * @param target the file to write; missing folders are created
   * @throws FileException if it cannot be downloaded or written; the message names the url and the
   *     target
   */
  void to(Path target, DownloadProgress progress) throws IOException {
    if (Files.isRegularFile(target)) {
      return;
    }
    progress.begin(url);
    var part = Part.of(target);
    makeFolder(target.toAbsolutePath().getParent());
    try {
      // The lock's file stays: deleting it could remove it while another process waits for it.
      try (var channel =
              FileChannel.open(part.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = locked(channel, progress)) {
        if (!Files.isRegularFile(target)) {
          complete(part, target, progress);
          Files.move(part.file(), target, StandardCopyOption.ATOMIC_MOVE);
          part.delete();
        }
      }
    } catch (IOException e) {
      throw FileException.writing(target, e);
    }
  }

  /**
   * Creates the cache's folder. It may be in a place where the user must not write, or under a
   * file.
   */
  private void makeFolder(@Nullable Path folder) throws FileException {
    if (folder == null) {
      return;
    }
    String why;
    try {
      Files.createDirectories(folder);
      if (Files.isWritable(folder)) {
        return;
      }
      why = "may not be written to";
    } catch (IOException e) {
      why = "cannot be made";
    }
    throw new FileException(
        "cannot download %s: the folder %s %s; name another one with the environment variable"
                .formatted(url, folder, why)
            + " STRIDE_HOME");
  }

  private static FileLock locked(FileChannel channel, DownloadProgress progress)
      throws IOException {
    for (boolean told = false; ; told = true) {
      try {
        var lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another thread of this process has it.
      }
      if (!told) {
        progress.waiting();
      }
      try {
        Thread.sleep(LOOK_AGAIN_MILLIS);
      } catch (InterruptedException e) {
        throw interrupted();
      }
    }
  }

  /** Downloads the rest of the part, and checks its sum. */
  private void complete(Part part, Path target, DownloadProgress progress) throws IOException {
    for (int breaks = 0; ; breaks++) {
      long before = part.size();
      try {
        receive(part, target, progress);
      } catch (BrokenOff broken) {
        if (part.size() > before && breaks < MAX_BREAKS) {
          continue;
        }
        throw failure(target, broken.getMessage() + kept(part));
      }
      String sum = part.sha256();
      if (sum.startsWith(sha256)) {
        return;
      }
      part.delete();
      // A part from an earlier time may be of another file; a complete download must be right.
      if (before == 0) {
        throw failure(
            target,
            "the downloaded file has the SHA-256 %s..., expected %s...; it was deleted"
                .formatted(sum.substring(0, sha256.length()), sha256));
      }
    }
  }

  private void receive(Part part, Path target, DownloadProgress progress) throws IOException {
    long have = part.size();
    var request = HttpRequest.newBuilder(url).timeout(patience);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
      part.version().ifPresent(version -> request.header("If-Range", version));
    }
    var client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(patience)
            .build();
    try {
      var response = send(client, request.build());
      try (var body = response.body()) {
        switch (response.statusCode()) {
          case OK -> {
            part.begin(response);
            copy(response, body, part, 0, progress);
          }
          case PARTIAL -> {
            if (!response
                .headers()
                .firstValue("Content-Range")
                .orElse("")
                .startsWith("bytes %d-".formatted(have))) {
              part.delete();
              throw new BrokenOff("the server sent another part than requested");
            }
            copy(response, body, part, have, progress);
          }
          // The part has all bytes, or too many: its checksum shows which.
          case RANGE_NOT_SATISFIABLE -> {}
          default ->
              throw failure(target, "the server answers %d".formatted(response.statusCode()));
        }
      }
    } finally {
      client.shutdownNow();
    }
  }

  private HttpResponse<InputStream> send(HttpClient client, HttpRequest request)
      throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (IOException e) {
      throw new BrokenOff(reason(e));
    }
  }

  private void copy(
      HttpResponse<?> response, InputStream body, Part part, long have, DownloadProgress progress)
      throws IOException {
    long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
    long total = length < 0 ? -1 : have + length;
    progress.at(have, total);
    try (var out = part.open();
        var watch = new Watch(body, patience)) {
      var chunk = new byte[CHUNK];
      for (long done = have; ; ) {
        int read = read(body, chunk, watch);
        if (read < 0) {
          break;
        }
        var bytes = ByteBuffer.wrap(chunk, 0, read);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        done += read;
        progress.at(done, total);
      }
      out.force(true);
    }
  }

  private int read(InputStream body, byte[] chunk, Watch watch) throws IOException {
    int read;
    try {
      read = body.read(chunk);
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
      throw new BrokenOff(watch.hasClosed() ? silence() : "the connection broke off");
    }
    if (watch.hasClosed()) {
      throw new BrokenOff(silence());
    }
    watch.moved();
    return read;
  }

  private String reason(IOException failure) {
    return switch (failure) {
      case HttpConnectTimeoutException _ -> silence();
      case HttpTimeoutException _ -> silence();
      case ConnectException _ -> "there is no connection to " + url.getHost();
      default ->
          "the connection to %s failed (%s)"
              .formatted(
                  url.getHost(),
                  failure.getMessage() == null
                      ? failure.getClass().getSimpleName()
                      : failure.getMessage());
    };
  }

  private String silence() {
    return "%s has been silent for %s s".formatted(url.getHost(), patience.toMillis() / 1000.0);
  }

  private static String kept(Part part) throws IOException {
    long size = part.size();
    return size == 0
        ? ""
        : " (%,d bytes have come and are kept: the next try continues after them)".formatted(size);
  }

  private FileException failure(Path target, String why) {
    return new FileException(
        "cannot download %s: %s; get it in another way and put it at %s"
            .formatted(url, why, target.toAbsolutePath()));
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted during a download");
  }

  /** The server or the network failed; another try may succeed. */
  private static final class BrokenOff extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenOff(String message) {
      super(message);
    }
  }
}
