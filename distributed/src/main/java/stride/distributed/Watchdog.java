package stride.distributed;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Notices that the thread that trains gets nowhere: connections give signs of life by themselves,
 * whatever becomes of it. While it waits for other tasks, they are to blame.
 */
final class Watchdog {
  /** A task that has needed long for a batch may need longer for the next one. */
  private static final int TIMES_SLOWEST = 10;

  /** Before its first exchange a task reads its data. */
  private static final int TIMES_BEFORE = 6;

  private static final long LONGEST_PAUSE_MILLIS = 1000;

  private final long stall;
  private final Predicate<String> stalled;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Thread watched = Thread.currentThread();
  private volatile long last = System.nanoTime();
  private volatile long slowest;
  private volatile boolean begun;
  private volatile boolean waiting;

  /**
   * Starts to watch the current thread.
   *
   * @param stall how long it may get nowhere
   * @param stalled receives, as the end of a sentence, that it does; tells whether that matters to
   *     anybody
   */
  Watchdog(Duration stall, Predicate<String> stalled) {
    this.stall = stall.toNanos();
    this.stalled = stalled;
    Thread.ofPlatform().daemon().name("stride-watchdog").start(this::watch);
  }

  /** The current thread, which is the one to watch, gets on. */
  void progress() {
    long now = System.nanoTime();
    if (begun) {
      slowest = Math.max(slowest, now - last);
    }
    begun = true;
    watched = Thread.currentThread();
    last = now;
  }

  /** From now on it waits for others. */
  void waits() {
    progress();
    waiting = true;
  }

  /** It waits no longer. */
  void goesOn() {
    last = System.nanoTime();
    waiting = false;
  }

  void close() {
    closed.countDown();
  }

  private void watch() {
    long pause = Math.clamp(stall / 10_000_000, 1, LONGEST_PAUSE_MILLIS);
    long seen = last;
    long idle = 0;
    try {
      while (!closed.await(pause, TimeUnit.MILLISECONDS)) {
        // Counted by this thread: a machine that slept has not hung.
        idle = last == seen && !waiting ? idle + 1_000_000 * pause : 0;
        seen = last;
        long allowed = begun ? Math.max(stall, TIMES_SLOWEST * slowest) : TIMES_BEFORE * stall;
        if (idle > allowed) {
          var thread = watched;
          if (stalled.test(
              "has got nowhere for %d s: it hangs%s"
                  .formatted(idle / 1_000_000_000, place(thread)))) {
            // What can be interrupted ends here, too.
            thread.interrupt();
          }
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where a thread is, as the end of a sentence. */
  private static String place(Thread thread) {
    var stack = thread.getStackTrace();
    return Arrays.stream(stack)
        .filter(frame -> !frame.getClassName().matches("(java|jdk|sun)\\..*"))
        .findFirst()
        .or(() -> Arrays.stream(stack).findFirst())
        .map(frame -> " in " + frame.getClassName() + "." + frame.getMethodName())
        .orElse("");
  }
}
