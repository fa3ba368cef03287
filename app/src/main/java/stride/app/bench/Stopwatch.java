package stride.app.bench;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Times a step: first some rounds that do not count, in which the JVM compiles what the step runs,
 * then the steps that do. What all threads allocate meanwhile is counted, and is the steps' own:
 * the stopwatch itself allocates nothing between them.
 */
public final class Stopwatch {
  private static final double ROUND_SECONDS = 1;
  private static final int FEWEST_ROUNDS = 3;
  private static final int MAX_ROUNDS = 12;

  /** What a round's median may be off from the one before, as a part of it. */
  private static final double STEADY = 0.03;

  /** What a step allocates, at least, while one of its kernels is not compiled. */
  private static final int INTERPRETED_BYTES = 1 << 16;

  private static final int FEWEST_STEPS = 10;
  private static final double FEWEST_SECONDS = 3;

  /**
   * The times have their memory before the first step: very short steps are not timed for as long.
   */
  private static final int MAX_STEPS = 1 << 16;

  private final Runnable step;
  private final LongSupplier nanoTime;
  private final LongSupplier allocatedBytes;

  /** A stopwatch for a step. */
  public Stopwatch(Runnable step) {
    this(step, System::nanoTime, AllocatedMemory::bytes);
  }

  /**
   * @param allocatedBytes what all threads have allocated so far
   */
  Stopwatch(Runnable step, LongSupplier nanoTime, LongSupplier allocatedBytes) {
    this.step = step;
    this.nanoTime = nanoTime;
    this.allocatedBytes = allocatedBytes;
  }

  /**
   * Runs rounds of at least one step and one second: three, and more until one is as fast as the
   * one before it and all kernels are compiled, or twelve have passed. Before they are, vectors are
   * objects.
   */
  public void warmUp() {
    double before = Double.NaN;
    for (int round = 1; round <= MAX_ROUNDS; round++) {
      var timing = time(1, ROUND_SECONDS);
      double median = timing.median();
      if (round >= FEWEST_ROUNDS
          && Math.abs(median - before) <= STEADY * before
          && timing.allocatedBytes() < INTERPRETED_BYTES) {
        return;
      }
      before = median;
    }
  }

  /** Times at least ten steps, and as many more as fit into three seconds, but at most 65,536. */
  public Timing time() {
    return time(FEWEST_STEPS, FEWEST_SECONDS);
  }

  /** Times the given number of steps, at least 1. */
  public Timing time(int steps) {
    return time(steps, 0);
  }

  /** Times steps until there are enough of them and enough time has passed. */
  private Timing time(int steps, double seconds) {
    var times = new double[seconds > 0 ? Math.max(steps, MAX_STEPS) : steps];
    int done = 0;
    long allocated = allocatedBytes.getAsLong();
    long start = nanoTime.getAsLong();
    long before = start;
    while (done < steps || (done < times.length && (before - start) * 1e-9 < seconds)) {
      step.run();
      long now = nanoTime.getAsLong();
      times[done++] = (now - before) * 1e-9;
      before = now;
    }
    allocated = allocatedBytes.getAsLong() - allocated;
    return Timing.of(Math.ceilDiv(allocated, done), Arrays.copyOf(times, done));
  }
}
