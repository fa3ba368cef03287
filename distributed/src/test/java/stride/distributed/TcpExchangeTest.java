package stride.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.ByteImages;
import stride.data.ImageDataset;
import stride.data.augment.RandomShift;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.train.ArrayPart;
import stride.train.Callback;
import stride.train.ExchangeException;
import stride.train.Optimizer;
import stride.train.Progress;
import stride.train.Trainer;
import stride.train.UpdateOptions;

/** Tasks that meet, train together over TCP, and end together. */
@Timeout(120)
final class TcpExchangeTest {
  private static final Secret SECRET = Secret.of("a secret that nobody else knows");
  private static final Shape SHAPE = Shape.image(8, 8, 1);
  private static final int RANKS = 4;

  @TempDir Path folder;

  private static ImageDataset images(int count, long seed) {
    var random = new SplittableRandom(seed);
    var pixels = new byte[count * SHAPE.elements()];
    random.nextBytes(pixels);
    var classes = new byte[count];
    for (int i = 0; i < count; i++) {
      classes[i] = (byte) (i % 3);
    }
    return new ByteImages(
        pixels,
        classes,
        List.of("a", "b", "c"),
        new Preprocessing(
            new Fit.Stretch(Resampling.BILINEAR), SHAPE, Normalization.grey(0.45, 0.3)));
  }

  private static Trainer trainer() {
    var network =
        Network.of(
            SHAPE,
            sequential(
                conv(8, 3).padding(1).noBias(),
                batchNorm(),
                relu(),
                flatten(),
                dropout(0.2),
                dense(160),
                tanh(),
                dense(3)));
    return Trainer.of(network)
        .optimizer(Optimizer.sgd(0.05).momentum(0.9))
        .augmentation(new RandomShift(1))
        .updateOptions(UpdateOptions.NONE.clipNorm(1))
        .epochs(2)
        .batch(4)
        .seed(3);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What one task does; the model that it returns, or null. */
  private interface Work {
    Object run(Rendezvous place) throws IOException;
  }

  /** Runs a task for each number of ranks; what each returns or throws. */
  private static List<Object> run(Work work, int... own) throws Exception {
    int port = freePort();
    try (var threads = Executors.newFixedThreadPool(own.length)) {
      var results = new ArrayList<Future<Object>>();
      int first = 0;
      for (int count : own) {
        var place =
            new Rendezvous(Arrays.stream(own).sum(), first, count, "localhost", port)
                .patience(Duration.ofSeconds(20))
                .timeout(Duration.ofSeconds(10));
        Callable<Object> task =
            () -> {
              try {
                return work.run(place);
              } catch (IOException | RuntimeException e) {
                return e;
              }
            };
        results.add(threads.submit(task));
        first += count;
      }
      var ends = new ArrayList<>();
      for (var result : results) {
        ends.add(result.get());
      }
      return ends;
    }
  }

  private static Object train(Rendezvous place) throws IOException {
    try (var exchange = TcpExchange.join(place, SECRET)) {
      return trainer().ranks(exchange).fit(images(58, 1), images(12, 2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "2 2", "1 1 1 1", "3 1"})
  void anyNumberOfTasksGivesTheSameBits(String tasks) throws Exception {
    var expected = trainer().ranks(RANKS).fit(images(58, 1), images(12, 2));
    int[] own = Arrays.stream(tasks.split(" ")).mapToInt(Integer::parseInt).toArray();
    for (var end : run(TcpExchangeTest::train, own)) {
      if (end instanceof Exception e) {
        throw e;
      }
      var model = assertInstanceOf(Model.class, end);
      assertArrayEquals(expected.weights().values(), model.weights().values());
      assertArrayEquals(expected.weights().statistics(), model.weights().statistics());
    }
  }

  /** Tasks in rows of two, which do not all speak to each other. */
  @ParameterizedTest
  @ValueSource(strings = {"1 1 1 1", "1 1 1 1 1 1", "2 1 1 1 2"})
  void tasksInRowsGiveTheSameBits(String tasks) throws Exception {
    int[] own = Arrays.stream(tasks.split(" ")).mapToInt(Integer::parseInt).toArray();
    var expected = trainer().ranks(Arrays.stream(own).sum()).fit(images(58, 1), images(12, 2));
    for (var end :
        run(
            place -> {
              try (var exchange = TcpExchange.join(place, SECRET, Facts.here(), 2)) {
                return trainer().ranks(exchange).fit(images(58, 1), images(12, 2));
              }
            },
            own)) {
      if (end instanceof Exception e) {
        throw e;
      }
      assertArrayEquals(
          expected.weights().values(), assertInstanceOf(Model.class, end).weights().values());
    }
  }

  /** Arrays so large that they go through memory that both tasks share, where there is any. */
  @Test
  void tasksOfOneMachineShareMemoryForLargeArrays() throws Exception {
    int length = 3_000_017;
    var ends =
        run(
            place -> {
              try (var exchange = TcpExchange.join(place, SECRET)) {
                var values = new float[length];
                for (int step = 1; step <= 5; step++) {
                  for (int i = 0; i < length; i++) {
                    values[i] = (place.first() + 1) * step * (i % 1009);
                  }
                  var whole = ArrayPart.whole(values);
                  for (var bucket : whole.buckets()) {
                    exchange.give(place.first(), bucket);
                  }
                  var _ = exchange.take(new double[][] {{0}});
                  exchange.gather(List.of(whole));
                  for (int i = 0; i < length; i++) {
                    assertEquals(6f * step * (i % 1009), values[i]);
                  }
                }
                var _ = exchange.all(new byte[0]);
                long shared = sharedMemory();
                var _ = exchange.all(new byte[0]);
                return shared;
              }
            },
            1,
            1,
            1);
    for (var end : ends) {
      // Each of three tasks has a ring from and one to each of the others, in this one process.
      assertEquals(SharedRing.isPossible() ? 12L : 0L, end);
    }
  }

  /** The number of pieces of memory of this process that others may share. */
  private static long sharedMemory() throws IOException {
    var maps = Path.of("/proc/self/maps");
    try (var lines = Files.exists(maps) ? Files.lines(maps) : Stream.<String>of()) {
      return lines.filter(line -> line.contains("/dev/shm/stride-")).count();
    }
  }

  /** Its process lives and says so, but the thread that trains stands still. */
  @Test
  void aTaskThatHangsEndsTheOthers() throws Exception {
    var ends =
        run(
            place -> {
              var stall = Duration.ofMillis(place.first() == 1 ? 700 : 600_000);
              try (var exchange = TcpExchange.join(place.stall(stall), SECRET)) {
                var hanging =
                    new Callback() {
                      @Override
                      public void step(Progress progress) {
                        if (place.first() == 1 && progress.step() == 2) {
                          hang();
                        }
                      }
                    };
                return trainer().callback(hanging).ranks(exchange).fit(images(58, 1), null);
              }
            },
            1,
            1);
    assertEquals(
        "rank 1 has got nowhere for N s: it hangs in stride.distributed.TcpExchangeTest.hang",
        message(ends.getFirst()).replaceFirst("for \\d+ s", "for N s"));
    assertFalse(TcpExchange.isThrownByAnother((ExchangeException) ends.getFirst()));
  }

  private static void hang() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static String message(Object end) {
    return assertInstanceOf(ExchangeException.class, end).getMessage();
  }

  @Test
  void aTaskThatFailsEndsTheOthersWithItsReason() throws Exception {
    var ends =
        run(
            place -> {
              try (var exchange = TcpExchange.join(place, SECRET)) {
                var failing =
                    new Callback() {
                      @Override
                      public void step(Progress progress) throws IOException {
                        if (place.first() == 1 && progress.step() == 2) {
                          throw new IOException("no disk");
                        }
                      }
                    };
                return trainer().callback(failing).ranks(exchange).fit(images(58, 1), null);
              }
            },
            1,
            1,
            1);
    assertEquals("rank 1 has failed: no disk", message(ends.get(0)));
    assertEquals("no disk", ((Exception) ends.get(1)).getMessage());
    assertEquals("rank 1 has failed: no disk", message(ends.get(2)));
    assertTrue(TcpExchange.isThrownByAnother((ExchangeException) ends.get(2)));
  }

  @Test
  void tasksOnOtherMachinesAreRefusedInOneSentence() throws Exception {
    var ends =
        run(
            place ->
                TcpExchange.join(
                    place,
                    SECRET,
                    new Facts(
                        Map.of(
                            "kernels",
                            place.first() == 0 ? "vector, 512 bits" : "vector, 256 bits")),
                    TcpExchange.FLAT),
            1,
            1);
    for (var end : ends) {
      assertEquals(
          "rank 1 on 127.0.0.1 has kernels vector, 256 bits, rank 0 has vector, 512 bits: the bits"
              + " would differ; the Java option -XX:MaxVectorSize=32 gives all machines the"
              + " narrowest (STRIDE_JAVA_OPTS)",
          message(end));
    }
  }

  @Test
  void anotherSecretIsRefusedAndDisturbsNobody() throws Exception {
    var other = Secret.of("quite another secret");
    var ends =
        run(
            place -> {
              if (place.first() == 1) {
                String said =
                    assertThrows(ExchangeException.class, () -> TcpExchange.join(place, other))
                        .getMessage();
                assertTrue(said.contains("has another secret"), said);
              }
              return train(place);
            },
            1,
            1);
    for (var end : ends) {
      assertInstanceOf(Model.class, end);
    }
  }

  /** What comes to an open port: nothing, noise, a web browser. */
  @Test
  void strangersAreSentAway() throws Exception {
    var ends =
        run(
            place -> {
              if (place.first() == 1) {
                for (String said : List.of("", "GET / HTTP/1.1\r\n\r\n", "STRIDE-1")) {
                  stranger(place.port(), said);
                }
              }
              return train(place);
            },
            1,
            1);
    for (var end : ends) {
      assertInstanceOf(Model.class, end);
    }
  }

  private static void stranger(int port, String says) throws IOException {
    try (var socket = connected(port)) {
      socket.getOutputStream().write(says.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** A connection to rank 0, once it listens. */
  private static Socket connected(int port) throws IOException {
    for (int attempt = 0; ; attempt++) {
      var socket = new Socket();
      try {
        socket.connect(new InetSocketAddress("localhost", port));
        return socket;
      } catch (IOException e) {
        socket.close();
        if (attempt == 100) {
          throw e;
        }
        sleep(50);
      }
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void ranksThatDoNotComeAreNamed() throws Exception {
    var place = new Rendezvous(3, 0, 1, "localhost", freePort()).patience(Duration.ofMillis(300));
    assertEquals(
        "rank 1 did not come to localhost:%d within 0 s: start a process for each (--rank), with the same secret, or wait longer (--patience)"
            .formatted(place.port()),
        message(assertThrows(IOException.class, () -> TcpExchange.join(place, SECRET))));
  }

  @Test
  void theSameRankTwiceAndOtherNumbersOfRanksAreRefused() throws Exception {
    for (var end :
        run(
            place ->
                TcpExchange.join(
                    place.first() == 2 ? new Rendezvous(3, 1, 1, "localhost", place.port()) : place,
                    SECRET),
            1,
            1,
            1)) {
      assertTrue(message(end).startsWith("rank 1 was started twice"), message(end));
    }
    for (var end :
        run(
            place ->
                TcpExchange.join(
                    place.first() == 1 ? new Rendezvous(8, 1, 1, "localhost", place.port()) : place,
                    SECRET),
            1,
            1)) {
      assertEquals(
          "rank 1 on 127.0.0.1 was started with --ranks 8, rank 0 with --ranks 2", message(end));
    }
  }

  /** Its connection stays open, but nothing comes any more. */
  @Test
  void aSilentTaskIsNoticed() throws Exception {
    int port = freePort();
    var leading = new Rendezvous(2, 0, 1, "localhost", port).timeout(Duration.ofMillis(400));
    try (var threads = Executors.newFixedThreadPool(1)) {
      var lead = threads.submit(() -> train(leading));
      // The silent one stops its signs of life, as a process does that stands still.
      var silent =
          Meeting.of(
              new Rendezvous(2, 1, 1, "localhost", port), SECRET, Facts.here(), TcpExchange.FLAT);
      assertEquals(Duration.ofMillis(400), silent.timeout());
      var connection = silent.connections().getFirst();
      var e = assertThrows(ExecutionException.class, lead::get).getCause();
      assertEquals(
          "rank 1 on 127.0.0.1 has given no sign of life for 0.4 s: it hangs, or the network is"
              + " down",
          message(e));
      assertFalse(TcpExchange.isThrownByAnother((ExchangeException) e));
      // Once it goes on, it learns why the others have ended.
      var frame = connection.read(Duration.ofSeconds(5));
      while (frame.type() != Frame.Type.FAILED) {
        frame = connection.read(Duration.ofSeconds(5));
      }
      assertTrue(frame.text().contains("has given no sign of life"), frame.text());
    }
  }

  /** The smallest time-out counts for all, and all send signs of life as often as it needs. */
  @Test
  void otherTimeOutsAreNoHarm() throws Exception {
    for (var end :
        run(
            place -> {
              var timeout = Duration.ofMillis(place.first() == 0 ? 500 : 30_000);
              try (var exchange = TcpExchange.join(place.timeout(timeout), SECRET)) {
                if (place.first() == 1) {
                  sleep(2000);
                }
                return exchange.all(new byte[] {(byte) place.first()});
              }
            },
            1,
            1)) {
      assertArrayEquals(new byte[][] {{0}, {1}}, (byte[][]) end);
    }
  }

  /** What no longer is a frame ends the training, not only the thread that reads. */
  @ParameterizedTest
  @ValueSource(strings = {"values that never come", "noise", "half a frame"})
  void whatCannotBeReadEndsTheTraining(String what) throws Exception {
    int port = freePort();
    var leading = new Rendezvous(2, 0, 1, "localhost", port).timeout(Duration.ofSeconds(2));
    try (var threads = Executors.newFixedThreadPool(1)) {
      var lead = threads.submit(() -> train(leading));
      var bad = caller(port, new Rendezvous(2, 1, 1, "localhost", port));
      var out = new DataOutputStream(bad.getOutputStream());
      switch (what) {
        case "values that never come" -> {
          out.writeByte(Frame.Type.GIVEN.ordinal());
          out.writeInt(0);
          out.writeInt(Integer.MAX_VALUE);
        }
        case "noise" -> out.write(new byte[] {99, 99, 99, 99, 99});
        default -> out.writeByte(Frame.Type.BEAT.ordinal());
      }
      bad.shutdownOutput();
      var e = assertThrows(ExecutionException.class, lead::get).getCause();
      assertTrue(message(e).contains("rank 1 on 127.0.0.1"), message(e));
      bad.close();
    }
  }

  /** A task that has come as far as it can without another thread; its open socket. */
  private static Socket caller(int port, Rendezvous place) throws IOException {
    var socket = connected(port);
    Handshake.call(socket, SECRET, "rank 0");
    var hello =
        new Hello(place.ranks(), 30_000, new Peer(place.first(), 1, "", 1), Facts.here()).frame();
    Frame.write(
        new DataOutputStream(socket.getOutputStream()),
        hello.type(),
        hello.bytes(),
        List.of(),
        false);
    return socket;
  }

  /** It was killed while it waited. */
  @Test
  void aTaskThatIsStartedAgainTakesItsOwnPlace() throws Exception {
    for (var end :
        run(
            place -> {
              if (place.first() == 1) {
                caller(place.port(), place).close();
              }
              return train(place);
            },
            1,
            1,
            1)) {
      assertInstanceOf(Model.class, end);
    }
  }

  /** Callers that say nothing, one after the other, would take longer than the tasks wait. */
  @Test
  void silentCallersHoldUpNobody() throws Exception {
    var silent = new ArrayList<Socket>();
    for (var end :
        run(
            place -> {
              if (place.first() == 1) {
                for (int i = 0; i < 8; i++) {
                  silent.add(connected(place.port()));
                }
              }
              return train(place);
            },
            1,
            1)) {
      assertInstanceOf(Model.class, end);
    }
    for (var socket : silent) {
      socket.close();
    }
  }

  @Test
  void timesAreChecked() {
    var place = new Rendezvous(2, 0, 1, "localhost", 1);
    for (var time : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(25))) {
      assertThrows(IllegalArgumentException.class, () -> place.timeout(time));
      assertThrows(IllegalArgumentException.class, () -> place.patience(time));
    }
  }

  /** A task that computes for longer than the time-out gives signs of life. */
  @Test
  void aSlowTaskIsNotLost() throws Exception {
    for (var end :
        run(
            place -> {
              try (var exchange = TcpExchange.join(place.timeout(Duration.ofMillis(600)), SECRET)) {
                if (place.first() == 1) {
                  sleep(2000);
                }
                return exchange.all(new byte[] {(byte) place.first()});
              }
            },
            1,
            1)) {
      assertArrayEquals(new byte[][] {{0}, {1}}, (byte[][]) end);
    }
  }

  @Test
  void aTaskThatEndsIsNoticed() throws Exception {
    int port = freePort();
    var leading = new Rendezvous(2, 0, 1, "localhost", port);
    try (var threads = Executors.newFixedThreadPool(1)) {
      var lead = threads.submit(() -> train(leading));
      var gone =
          Meeting.of(
              new Rendezvous(2, 1, 1, "localhost", port), SECRET, Facts.here(), TcpExchange.FLAT);
      gone.connections().getFirst().close();
      var e = assertThrows(ExecutionException.class, lead::get).getCause();
      assertTrue(
          message(e).startsWith("rank 1 on 127.0.0.1 has ended without a word")
              || message(e).startsWith("the connection to rank 1 on 127.0.0.1 is lost"),
          message(e));
    }
  }

  @Test
  void secretsAreReadAndChecked() throws IOException {
    var file = folder.resolve("secret");
    Files.writeString(file, "0123456789abcdef\n");
    byte[] number = new byte[32];
    assertArrayEquals(
        Secret.of("0123456789abcdef").proof((byte) 1, number, number),
        Secret.read(file).proof((byte) 1, number, number));
    Files.writeString(file, "short");
    var e = assertThrows(IllegalArgumentException.class, () -> Secret.read(file));
    assertEquals(
        file + ": a secret has at least 16 bytes, found 5: openssl rand -hex 32 makes one",
        e.getMessage());
    assertThrows(IOException.class, () -> Secret.read(folder.resolve("none")));
  }
}
