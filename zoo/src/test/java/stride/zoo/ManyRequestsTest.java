package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.image.Image;
import stride.network.Classification;
import stride.network.Model;
import stride.tensor.CounterRandom;

/**
 * A server in a JVM of its own: as many threads as Tomcat has, SqueezeNet, and 512 MB, which is
 * less than what a plan or a picture for each thread would take.
 */
final class ManyRequestsTest {
  private static final int THREADS = 200;

  /** Of the rate of one thread; measured by itself it is above 0.9. */
  private static final double LEAST = 0.7;

  @ParameterizedTest
  @ValueSource(strings = {"platform", "virtual"})
  @Tag("slow")
  void manyThreadsGetTheSameAnswersAsFastAsOne(String threads, @TempDir Path folder)
      throws Exception {
    var said = serve(folder, threads);
    String all = said.toString();
    assertEquals("0", said.get("failures"), all);
    assertEquals(Integer.toString(THREADS), said.get("pictures"), all);
    double one = Double.parseDouble(said.get("one"));
    double many = Double.parseDouble(said.get("many"));
    assertTrue(many >= LEAST * one, all);
  }

  private static Map<String, String> serve(Path folder, String threads) throws Exception {
    var out = folder.resolve("out").toFile();
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx512m",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                folder.resolve("picture.jpg").toString(),
                threads)
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    boolean ended = process.waitFor(400, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(out.toPath());
    assertTrue(ended && process.exitValue() == 0, said);
    return said.lines()
        .filter(line -> line.matches("[a-z]+ [0-9.]+"))
        .map(line -> line.split(" "))
        .collect(Collectors.toMap(words -> words[0], words -> words[1]));
  }

  /** The server. */
  static final class Server {
    private static final double SECONDS = 6;

    private final Model model;
    private final List<Image> images = new ArrayList<>();
    private final List<Classification> expected = new ArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final boolean virtual;

    private Server(boolean virtual) {
      this.virtual = virtual;
      var network = Zoo.find("squeezenet1_1").network();
      model = Model.initialized(network, 1);
      var shape = network.input();
      for (int i = 0; i < 4; i++) {
        var image = Image.zeros(shape);
        for (int k = 0; k < shape.elements(); k++) {
          image.data()[k] = CounterRandom.uniform(CounterRandom.bits(i, k));
        }
        images.add(image);
        expected.add(model.classify(image));
      }
    }

    public static void main(String[] arguments) throws Exception {
      var server = new Server(arguments[1].equals("virtual"));
      server.rate(1, 2 * SECONDS);
      say("one", server.rate(1, SECONDS));
      say("many", server.rate(THREADS, SECONDS));
      say("pictures", server.pictures(Path.of(arguments[0])));
      say("failures", server.failures.get());
    }

    private static void say(String what, double value) {
      System.out.println(
          what + " " + (value == Math.rint(value) ? "" + (int) value : format(value)));
    }

    private static String format(double value) {
      return String.format(Locale.ROOT, "%.1f", value);
    }

    /** Images a second that so many threads get. */
    private double rate(int threads, double seconds) throws InterruptedException {
      var done = new AtomicInteger();
      long start = System.nanoTime();
      run(
          threads,
          number -> {
            for (int i = number; System.nanoTime() - start < seconds * 1e9; i++) {
              int image = i % images.size();
              check(image, () -> model.classify(images.get(image)));
              done.incrementAndGet();
            }
          });
      return done.get() / ((System.nanoTime() - start) * 1e-9);
    }

    /** All threads at once have pictures that take several megabytes each when they are decoded. */
    private int pictures(Path file) throws IOException, InterruptedException {
      var picture = new BufferedImage(2000, 1500, BufferedImage.TYPE_INT_RGB);
      var paint = picture.createGraphics();
      for (int i = 0; i < 100; i++) {
        paint.setColor(new Color(CounterRandom.below(CounterRandom.bits(7, i), 1 << 24)));
        paint.fillOval(15 * i, 10 * i, 300, 400);
      }
      paint.dispose();
      ImageIO.write(picture, "jpg", file.toFile());
      picture.flush();
      int known = expected.size();
      expected.add(model.classify(file));
      var done = new AtomicInteger();
      run(
          THREADS,
          number -> {
            check(known, () -> model.classify(file));
            done.incrementAndGet();
          });
      return done.get();
    }

    private void check(int answer, Callable<Classification> request) {
      try {
        if (!request.call().equals(expected.get(answer))) {
          failures.incrementAndGet();
        }
      } catch (Throwable e) {
        failures.incrementAndGet();
        System.out.println(e);
      }
    }

    /** Runs so many threads to their end. */
    private void run(int threads, IntConsumer caller) throws InterruptedException {
      var all = new ArrayList<Thread>();
      for (int t = 0; t < threads; t++) {
        int number = t;
        Runnable run = () -> caller.accept(number);
        all.add(virtual ? Thread.ofVirtual().start(run) : Thread.ofPlatform().start(run));
      }
      for (var thread : all) {
        thread.join();
      }
    }
  }
}
