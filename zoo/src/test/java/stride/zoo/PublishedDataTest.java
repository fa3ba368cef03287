package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FileException;
import stride.format.FormatException;

@Timeout(30)
class PublishedDataTest {
  @TempDir Path cache;

  private static void entry(OutputStream out, String name, char kind, byte[] content)
      throws IOException {
    var header = new byte[512];
    put(header, 0, name);
    put(header, 124, "%011o".formatted(content.length));
    header[156] = (byte) kind;
    out.write(header);
    out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private static void put(byte[] header, int at, String text) {
    var bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private Path archive(byte[]... contents) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      entry(out, "folder/", '5', new byte[0]);
      entry(out, "folder/readme.html", '0', new byte[700]);
      for (int i = 0; i < contents.length; i++) {
        entry(out, "folder/%d.bin".formatted(i), '0', contents[i]);
      }
      out.write(new byte[1024]);
    }
    return Files.write(cache.resolve("a.tar.gz"), bytes.toByteArray());
  }

  private static byte[] counting(int length) {
    var bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 7);
    }
    return bytes;
  }

  @Test
  void namedFilesAreUnpackedWhateverTheirLength() throws IOException {
    byte[][] contents = {counting(0), counting(511), counting(512), counting(513)};
    Tar.unpack(archive(contents), List.of("0.bin", "1.bin", "2.bin", "3.bin"), cache);
    for (int i = 0; i < contents.length; i++) {
      assertArrayEquals(contents[i], Files.readAllBytes(cache.resolve(i + ".bin")));
    }
    assertFalse(Files.exists(cache.resolve("readme.html")));
  }

  @Test
  void damagedArchivesAreNamed() throws IOException {
    var archive = archive(counting(5));
    var e = assertThrows(FormatException.class, () -> Tar.unpack(archive, List.of("x"), cache));
    assertTrue(e.getMessage().startsWith(archive.toString()), e.getMessage());
    var bytes = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
    assertThrows(IOException.class, () -> Tar.unpack(archive, List.of("0.bin"), cache));
    assertFalse(Files.exists(cache.resolve("0.bin")));
  }

  @Test
  void whatIsNotThePublishedFileIsRefused() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write(new byte[3]);
          }
        });
    server.start();
    try {
      var source = URI.create("http://localhost:%d/data/".formatted(server.getAddress().getPort()));
      var e =
          assertThrows(
              FileException.class,
              () -> PublishedData.FASHION_MNIST.get(cache, source, DownloadProgress.none()));
      assertTrue(e.getMessage().contains("/data/train-images-idx3-ubyte.gz"), e.getMessage());
      assertFalse(
          Files.exists(cache.resolve("fashion-mnist").resolve("train-images-idx3-ubyte.gz")));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void whatIsThereIsNotDownloaded() throws IOException {
    var folder = Files.createDirectories(cache.resolve("cifar10"));
    for (int i = 1; i <= 5; i++) {
      Files.createFile(folder.resolve("data_batch_%d.bin".formatted(i)));
    }
    Files.createFile(folder.resolve("test_batch.bin"));
    var nowhere = URI.create("http://localhost:1/");
    assertEquals(folder, PublishedData.CIFAR10.get(cache, nowhere, DownloadProgress.none()));
  }
}
