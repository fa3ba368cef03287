package stride.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share out the items of one job at a time: the caller and {@code threads - 1}
 * daemons.
 *
 * <p>A convolution of a small network takes microseconds, so workers spin for a while before they
 * sleep, and handing out a job allocates nothing.
 */
final class Team implements AutoCloseable {
  private static final int SPINS = 20_000;
  private static final int SPINS_BEFORE_YIELD = 2_000;

  /** Integers to a cache line: counters of several workers do not share one. */
  private static final int LINE = 16;

  private static final Engine.Tasks NOTHING = (item, worker) -> {};

  private final Worker[] workers;
  private final AtomicIntegerArray next;
  private final AtomicInteger busy = new AtomicInteger();
  private final AtomicInteger generation = new AtomicInteger();
  private Engine.Tasks job = NOTHING;
  private int items;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean closed;

  Team(int threads) {
    next = new AtomicIntegerArray(threads * LINE);
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /**
   * Runs all items and returns when all are done; the first failure of any of them is thrown here.
   *
   * @throws IllegalStateException if it is called by an item of a job that is shared out
   */
  void run(int count, Engine.Tasks work) {
    if (Thread.currentThread() instanceof Worker worker && worker.isOf(this)) {
      throw nested();
    }
    runAlone(count, work);
  }

  private static IllegalStateException nested() {
    return new IllegalStateException(
        "a task cannot run tasks, or a model, on the engine that it runs on itself");
  }

  private synchronized void runAlone(int count, Engine.Tasks work) {
    // Its own lock does not keep out the caller of the job that runs.
    if (job != NOTHING) {
      throw nested();
    }
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    if (workers.length == 0 || count == 1) {
      for (int i = 0; i < count; i++) {
        work.run(i, 0);
      }
      return;
    }
    job = work;
    items = count;
    for (int w = 0; w < threads(); w++) {
      next.set(w * LINE, begin(w));
    }
    busy.set(workers.length);
    generation.incrementAndGet();
    for (Worker worker : workers) {
      if (worker.asleep) {
        LockSupport.unpark(worker);
      }
    }
    work(0);
    for (int spins = 0; busy.get() > 0; spins++) {
      if (spins < SPINS_BEFORE_YIELD) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    // What ran holds a plan and its memory, which may be gigabytes.
    job = NOTHING;
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      throw rethrowable(thrown);
    }
  }

  private static RuntimeException rethrowable(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return (RuntimeException) thrown;
  }

  /**
   * The first item of a worker's share: a stretch of neighbours, the same ones in every job of a
   * size, so that a worker finds in its cache what it made in the job before.
   */
  private int begin(int worker) {
    return (int) ((long) items * worker / threads());
  }

  /** Works through the worker's own share, and then through what is left of the others'. */
  private void work(int worker) {
    try {
      for (int w = 0; w < threads(); w++) {
        int share = worker + w < threads() ? worker + w : worker + w - threads();
        int end = begin(share + 1);
        for (int i = next.getAndIncrement(share * LINE);
            i < end;
            i = next.getAndIncrement(share * LINE)) {
          job.run(i, worker);
        }
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      for (int w = 0; w < threads(); w++) {
        next.set(w * LINE, items);
      }
    }
  }

  /** Ends the threads; waits for a job that runs. */
  @Override
  public synchronized void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private volatile boolean asleep;

    Worker(int number) {
      super("stride-worker-" + number);
      this.number = number;
      setDaemon(true);
    }

    boolean isOf(Team team) {
      return Team.this == team;
    }

    @Override
    public void run() {
      int seen = 0;
      while (true) {
        seen = await(seen);
        if (closed) {
          return;
        }
        work(number);
        busy.decrementAndGet();
      }
    }

    /** Waits for another generation than the one last seen. */
    private int await(int seen) {
      for (int spins = 0; spins < SPINS; spins++) {
        if (generation.get() != seen || closed) {
          return generation.get();
        }
        if (spins < SPINS_BEFORE_YIELD) {
          Thread.onSpinWait();
        } else {
          Thread.yield();
        }
      }
      asleep = true;
      while (generation.get() == seen && !closed) {
        LockSupport.park(this);
      }
      asleep = false;
      return generation.get();
    }
  }
}
