import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Compares contestants whose steps run in short turns in this JVM, each loaded twice with classes
 * of its own, as two copies of the same code can differ by how they were compiled.
 *
 * <pre>
 * Turns SECONDS ARGUMENTS ARGUMENT... (NAME CLASS-PATH CLASS)...
 * </pre>
 *
 * A class is a {@code Function} from the arguments, of which the second number says how many there
 * are, the third being the images to a step and the fourth the threads, to a {@code Runnable} that
 * does a step. One thread is timed by its CPU time, which other work on the machine changes little.
 */
final class Turns {
  private static final int COPIES = 2;
  private static final int WARM_UP_ROUNDS = 14;
  private static final double SHORTEST = 0.06;
  private static final double LONGEST = 0.3;
  private static final int FEWEST_ROUNDS = 5;

  /** Steps of the slowest in a slice, if it is not too short or too long then. */
  private static final int STEPS = 3;

  private record Contestant(String name, List<Runnable> copies, List<double[]> rounds) {}

  public static void main(String[] args) throws ReflectiveOperationException, IOException {
    int first = 2 + Integer.parseInt(args[1]);
    var arguments = Arrays.copyOfRange(args, 2, first);
    var contestants = new ArrayList<Contestant>();
    for (int i = first; i < args.length; i += 3) {
      var copies = new ArrayList<Runnable>();
      for (int copy = 0; copy < COPIES; copy++) {
        copies.add(load(args[i + 1], args[i + 2]).apply(arguments));
      }
      contestants.add(new Contestant(args[i], copies, new ArrayList<>()));
    }
    LongSupplier clock =
        arguments[3].equals("1")
            ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime
            : System::nanoTime;
    double slice = Math.clamp(STEPS / warmUp(contestants, clock), SHORTEST, LONGEST);
    long start = System.nanoTime();
    double seconds = Double.parseDouble(args[0]);
    for (int round = 0;
        round < FEWEST_ROUNDS || (System.nanoTime() - start) * 1e-9 < seconds;
        round++) {
      round(contestants, round, slice, clock);
    }
    print(contestants, Integer.parseInt(arguments[2]), slice);
    System.exit(0);
  }

  /** Classes of its own, with none but the JDK's above them. */
  @SuppressWarnings("unchecked")
  private static Function<String[], Runnable> load(String classPath, String name)
      throws ReflectiveOperationException, IOException {
    var urls = new ArrayList<URL>();
    for (var entry : classPath.split(File.pathSeparator)) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    var loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    return (Function<String[], Runnable>)
        loader.loadClass(name).getDeclaredConstructor().newInstance();
  }

  /** Runs all of them for some seconds each; returns the steps a second of the slowest. */
  private static double warmUp(List<Contestant> contestants, LongSupplier clock) {
    double slowest = 0;
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      slowest = Double.POSITIVE_INFINITY;
      for (var contestant : contestants) {
        for (var step : contestant.copies) {
          slowest = Math.min(slowest, rate(step, LONGEST, clock));
        }
      }
    }
    return slowest;
  }

  /** A turn of every copy; each round begins with the next of them. */
  private static void round(
      List<Contestant> contestants, int round, double slice, LongSupplier clock) {
    for (var contestant : contestants) {
      contestant.rounds.add(new double[COPIES]);
    }
    int turns = contestants.size() * COPIES;
    for (int turn = 0; turn < turns; turn++) {
      int now = (turn + round) % turns;
      var contestant = contestants.get(now % contestants.size());
      int copy = now / contestants.size();
      contestant.rounds.getLast()[copy] = rate(contestant.copies.get(copy), slice, clock);
    }
  }

  /** Steps a second; the first one, which finds another's values in the caches, does not count. */
  private static double rate(Runnable step, double seconds, LongSupplier clock) {
    step.run();
    long start = clock.getAsLong();
    int steps = 0;
    double passed;
    do {
      step.run();
      steps++;
      passed = (clock.getAsLong() - start) * 1e-9;
    } while (passed < seconds);
    return steps / passed;
  }

  private static void print(List<Contestant> contestants, int batch, double slice) {
    var base = contestants.getFirst().rounds;
    System.out.printf(
        Locale.ROOT,
        "%d rounds in slices of %.0f ms; images/s of both copies, their ratio, and the ratio to the"
            + " first of all with the quartiles of the rounds%n",
        base.size(),
        1e3 * slice);
    for (var contestant : contestants) {
      var rounds = contestant.rounds;
      double[] speeds = sorted(rounds.stream().map(r -> batch * (r[0] + r[1]) / 2));
      double[] twins = sorted(rounds.stream().map(r -> r[1] / r[0]));
      var ratios = new ArrayList<Double>();
      for (int i = 0; i < rounds.size(); i++) {
        ratios.add((rounds.get(i)[0] + rounds.get(i)[1]) / (base.get(i)[0] + base.get(i)[1]));
      }
      double[] ratio = sorted(ratios.stream());
      int n = ratio.length;
      System.out.printf(
          Locale.ROOT,
          "%10.2f  copies %.3f  ratio %.3f (%.3f to %.3f)  %s%n",
          speeds[n / 2],
          twins[n / 2],
          ratio[n / 2],
          ratio[n / 4],
          ratio[3 * n / 4],
          contestant.name);
    }
  }

  private static double[] sorted(Stream<Double> values) {
    return values.mapToDouble(Double::doubleValue).sorted().toArray();
  }
}
