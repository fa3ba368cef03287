package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FileException;

/** Downloads from a server on the loopback device that misbehaves in every way a server may. */
@Timeout(30)
class DownloadTest {
  private static final Duration PATIENCE = Duration.ofMillis(1500);

  @TempDir Path temp;
  private final byte[] content = new byte[300_000];
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private Path target;

  /** Answers a request. */
  private interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void begin() throws IOException {
    new Random(1).nextBytes(content);
    target = temp.resolve("cache").resolve("weights").resolve("net-0123abcd.pth");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(task -> Thread.ofPlatform().daemon().unstarted(task)));
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private void serve(Answer answer) {
    server.createContext(
        "/",
        exchange -> {
          var headers = exchange.getRequestHeaders();
          ranges.add(headers.getFirst("Range") + " " + headers.getFirst("If-Range"));
          try (exchange) {
            answer.to(exchange);
          }
        });
  }

  private Download download() throws Exception {
    return download(content);
  }

  private Download download(byte[] expected) throws Exception {
    String sum = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(expected));
    return new Download(url(), sum.substring(0, 8), PATIENCE);
  }

  private URI url() {
    return URI.create(
        "http://%s:%d/net-0123abcd.pth"
            .formatted(
                server.getAddress().getAddress().getHostAddress(), server.getAddress().getPort()));
  }

  private void get() throws Exception {
    download().to(target, DownloadProgress.none());
  }

  private FileException fails() throws Exception {
    var download = download();
    return assertThrows(FileException.class, () -> download.to(target, DownloadProgress.none()));
  }

  private void assertComplete() throws IOException {
    assertArrayEquals(content, Files.readAllBytes(target));
    try (var left = Files.list(target.getParent())) {
      var others = left.map(file -> file.getFileName().toString()).toList();
      assertFalse(
          others.stream().anyMatch(name -> name.endsWith(".part") || name.endsWith(".version")),
          others::toString);
    }
  }

  /** All of the content. */
  private void all(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"v1\"");
    exchange.sendResponseHeaders(200, content.length);
    exchange.getResponseBody().write(content);
  }

  /** Promises all of the content and breaks off after a part of it. */
  private void begin(HttpExchange exchange, int bytes) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"v1\"");
    exchange.sendResponseHeaders(200, content.length);
    exchange.getResponseBody().write(content, 0, bytes);
    exchange.getResponseBody().flush();
    // Ending the exchange before the promised length closes the connection.
  }

  /** The rest of the content that a request asks for. */
  private void rest(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    int from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
    exchange.sendResponseHeaders(206, content.length - from);
    exchange.getResponseBody().write(content, from, content.length - from);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamedWithWhatHelps() throws Exception {
    Files.writeString(temp.resolve("cache"), "a file where the folder should be");
    serve(exchange -> {});
    var url = URI.create("http://localhost:" + server.getAddress().getPort() + "/net-0123abcd.pth");
    var failure =
        assertThrows(
            FileException.class,
            () -> new Download(url, "0123abcd").to(target, DownloadProgress.none()));
    assertEquals(
        "cannot download %s: the folder %s cannot be made; name another one with the environment"
                .formatted(url, target.getParent())
            + " variable STRIDE_HOME",
        failure.getMessage());
    assertTrue(ranges.isEmpty(), "nothing is asked of the server");
  }

  @Test
  void bringsTheWholeFileAndTellsHowFarItIs() throws Exception {
    serve(this::all);
    var told = new ArrayList<Long>();
    download()
        .to(
            target,
            (bytes, total) -> {
              assertEquals(content.length, total);
              told.add(bytes);
            });
    assertComplete();
    assertEquals(0, told.getFirst());
    assertEquals(content.length, told.getLast());
    assertEquals(told.stream().sorted().toList(), told);
  }

  @Test
  void asksForNothingThatIsThere() throws Exception {
    Files.createDirectories(target.getParent());
    Files.write(target, content);
    get();
    assertEquals(List.of(), ranges);
  }

  @Test
  void goesOnByItselfAfterABreak() throws Exception {
    var first = new AtomicBoolean(true);
    serve(
        exchange -> {
          if (first.getAndSet(false)) {
            begin(exchange, 100_000);
          } else {
            rest(exchange);
          }
        });
    get();
    assertComplete();
    assertEquals(2, ranges.size());
    assertEquals("null null", ranges.getFirst());
    assertTrue(ranges.getLast().matches("bytes=[1-9]\\d*- \"v1\""), ranges::toString);
  }

  @Test
  void whatCameBeforeABreakIsKeptForTheNextTry() throws Exception {
    var broken = new AtomicBoolean(true);
    var begun = new AtomicBoolean();
    serve(
        exchange -> {
          if (!broken.get()) {
            rest(exchange);
          } else if (begun.getAndSet(true)) {
            exchange.getResponseHeaders().set("Content-Range", "bytes 100000-299999/300000");
            exchange.sendResponseHeaders(206, 200_000);
          } else {
            begin(exchange, 100_000);
          }
        });
    var message = fails().getMessage();
    assertTrue(message.contains("bytes have come and are kept"), message);
    assertTrue(message.contains(url().toString()), message);
    assertFalse(Files.exists(target));
    broken.set(false);
    get();
    assertComplete();
  }

  @Test
  void beginsAnewWhereAServerKnowsNoRanges() throws Exception {
    var first = new AtomicBoolean(true);
    serve(
        exchange -> {
          if (first.getAndSet(false)) {
            begin(exchange, 100_000);
          } else {
            all(exchange);
          }
        });
    get();
    assertComplete();
    assertEquals(2, ranges.size());
  }

  @Test
  void doesNotJoinPartsOfTwoVersions() throws Exception {
    serve(exchange -> begin(exchange, 0));
    fails();
    Files.write(Part.of(target).file(), new byte[1000]);
    server.removeContext("/");
    ranges.clear();
    serve(
        exchange -> {
          if (exchange.getRequestHeaders().getFirst("Range") == null) {
            all(exchange);
          } else {
            rest(exchange);
          }
        });
    get();
    assertComplete();
    assertEquals(2, ranges.size(), ranges::toString);
    assertTrue(ranges.getFirst().startsWith("bytes=1000-"), ranges::toString);
    assertTrue(ranges.getLast().startsWith("null"), ranges::toString);
  }

  @Test
  void aWholePartThatWasNotMovedIsNotLoadedAgain() throws Exception {
    Files.createDirectories(target.getParent());
    Files.write(Part.of(target).file(), content);
    serve(exchange -> exchange.sendResponseHeaders(416, -1));
    get();
    assertComplete();
  }

  @Test
  void aPartOfSomewhereElseIsNotAppended() throws Exception {
    Files.createDirectories(target.getParent());
    Files.write(Part.of(target).file(), java.util.Arrays.copyOf(content, 1000));
    serve(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 500-299999/300000");
          exchange.sendResponseHeaders(206, content.length - 500);
          exchange.getResponseBody().write(content, 500, content.length - 500);
        });
    var message = fails().getMessage();
    assertTrue(message.contains("another part"), message);
    assertFalse(Files.exists(target));
  }

  @Test
  void aWrongChecksumLeavesNothing() throws Exception {
    serve(this::all);
    var download = download(new byte[1]);
    var message =
        assertThrows(FileException.class, () -> download.to(target, DownloadProgress.none()))
            .getMessage();
    assertTrue(message.contains("SHA-256"), message);
    assertTrue(message.contains(download.sha256()), message);
    assertFalse(Files.exists(target));
    assertFalse(Files.exists(Part.of(target).file()));
  }

  @Test
  void aMissingFileIsASentenceThatSaysWhereToPutIt() throws Exception {
    serve(exchange -> exchange.sendResponseHeaders(404, -1));
    var message = fails().getMessage();
    assertEquals(
        "cannot download %s: the server answers 404; get it in another way and put it at %s"
            .formatted(url(), target),
        message);
  }

  @Test
  void withoutAConnectionTheSentenceSaysWhereToPutTheFile() throws Exception {
    server.stop(0);
    var message = fails().getMessage();
    assertTrue(message.contains("there is no connection to 127.0.0.1"), message);
    assertTrue(message.contains(url().toString()), message);
    assertTrue(message.endsWith("put it at " + target), message);
  }

  @Test
  void aServerThatNeverAnswersIsNotWaitedForForever() throws Exception {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var url = URI.create("http://127.0.0.1:%d/x".formatted(silent.getLocalPort()));
      var download = new Download(url, "00", PATIENCE);
      var message =
          assertThrows(FileException.class, () -> download.to(target, DownloadProgress.none()))
              .getMessage();
      assertTrue(message.contains("127.0.0.1 has been silent for 1.5 s"), message);
    }
  }

  @Test
  void aServerThatFallsSilentIsAskedForTheRest() throws Exception {
    var first = new AtomicBoolean(true);
    var done = new CountDownLatch(1);
    serve(
        exchange -> {
          if (first.getAndSet(false)) {
            begin(exchange, 100_000);
            await(done);
          } else {
            rest(exchange);
          }
        });
    get();
    done.countDown();
    assertComplete();
    assertEquals(2, ranges.size(), ranges::toString);
  }

  @Test
  void aBrokenFileInTheEndIsRefusedWithoutALengthToo() throws Exception {
    serve(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(content, 0, 1000);
        });
    var message = fails().getMessage();
    assertTrue(message.contains("SHA-256"), message);
    assertFalse(Files.exists(target));
  }

  @Test
  void ofTwoThreadsOneDownloads() throws Exception {
    var requests = new AtomicInteger();
    var waiting = new CountDownLatch(1);
    serve(
        exchange -> {
          requests.incrementAndGet();
          // Not before the other one has had to wait.
          await(waiting);
          all(exchange);
        });
    var progress =
        new DownloadProgress() {
          @Override
          public void at(long bytes, long total) {}

          @Override
          public void waiting() {
            waiting.countDown();
          }
        };
    var download = download();
    var failures = new CopyOnWriteArrayList<Exception>();
    Runnable task =
        () -> {
          try {
            download.to(target, progress);
          } catch (IOException e) {
            failures.add(e);
          }
        };
    var threads = List.of(Thread.ofPlatform().start(task), Thread.ofPlatform().start(task));
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
    assertEquals(1, requests.get());
    assertComplete();
  }

  @Test
  void waitsForAnotherProcessThatDownloads() throws Exception {
    Files.createDirectories(target.getParent());
    serve(this::all);
    var waiting = new CountDownLatch(1);
    var progress =
        new DownloadProgress() {
          @Override
          public void at(long bytes, long total) {}

          @Override
          public void waiting() {
            waiting.countDown();
          }
        };
    var other =
        FileChannel.open(
            Part.of(target).lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try (other;
        var lock = other.lock()) {
      var download = download();
      var thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      download.to(target, progress);
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      assertTrue(waiting.await(10, TimeUnit.SECONDS));
      assertEquals(List.of(), ranges);
      Files.write(target, content);
      lock.release();
      thread.join();
    }
    assertEquals(List.of(), ranges);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(10, TimeUnit.SECONDS)) {
        throw new IOException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
