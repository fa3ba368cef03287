package stride.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one call, shared out between the caller and the workers that it has claimed. Used
 * again and again: handing tasks out allocates nothing.
 */
final class Job {
  /** Integers to a cache line: counters of several threads do not share one. */
  private static final int LINE = 16;

  private static final Engine.Tasks NOTHING = (task, worker) -> {};

  private final List<Worker> workers = new ArrayList<>();

  /** The next task of each share; the caller's share is the first. */
  private final AtomicIntegerArray next;

  /** Workers that have not said that they are done. */
  private final AtomicInteger busy = new AtomicInteger();

  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private Engine.Tasks tasks = NOTHING;
  private int count;
  private boolean forHolder;

  /** The caller, while it sleeps. */
  private volatile @Nullable Thread sleeper;

  /**
   * @param threads that share a job, at most
   */
  Job(int threads) {
    next = new AtomicIntegerArray(threads * LINE);
  }

  /** The workers that were claimed for it. */
  List<Worker> workers() {
    return workers;
  }

  /** Whether its caller holds a plan. */
  boolean isForHolder() {
    return forHolder;
  }

  /**
   * Runs all tasks and returns when no worker is at it any more. If tasks fail, others are left
   * out, and what the first one has thrown is thrown here, whatever it is.
   */
  void run(int count, Engine.Tasks tasks, boolean forHolder) {
    this.count = count;
    this.tasks = tasks;
    this.forHolder = forHolder;
    for (int share = 0; share <= workers.size(); share++) {
      next.set(share * LINE, begin(share));
    }
    busy.set(workers.size());
    try {
      for (int w = 0; w < workers.size(); w++) {
        workers.get(w).give(this, w + 1);
      }
      work(0, 0);
    } finally {
      await();
    }
    var thrown = failure.get();
    if (thrown != null) {
      throw Job.<RuntimeException>asIs(thrown);
    }
  }

  /** Tasks written in languages without checked exceptions throw any. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X asIs(Throwable thrown) throws X {
    throw (X) thrown;
  }

  /**
   * The first task of a share: a stretch of neighbours, the same ones in every job of a size, so
   * that a worker finds in its cache what it made in the job before.
   */
  private int begin(int share) {
    return (int) ((long) count * share / (workers.size() + 1));
  }

  /**
   * Works through a share, and then through what is left of the others.
   *
   * @param worker the number of the thread, for the tasks
   */
  void work(int share, int worker) {
    int shares = workers.size() + 1;
    try {
      for (int s = 0; s < shares; s++) {
        int of = share + s < shares ? share + s : share + s - shares;
        int end = begin(of + 1);
        for (int task = next.getAndIncrement(of * LINE);
            task < end;
            task = next.getAndIncrement(of * LINE)) {
          tasks.run(task, worker);
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      for (int s = 0; s < shares; s++) {
        next.set(s * LINE, count);
      }
    }
  }

  /** A worker says that it is done. */
  void done() {
    if (busy.decrementAndGet() == 0) {
      LockSupport.unpark(sleeper);
    }
  }

  /** Waits for the workers that have begun. */
  private void await() {
    // Workers that have not begun would find nothing to do: they may be asleep, or have no core.
    for (int w = 0; busy.get() > 0 && w < workers.size(); w++) {
      if (workers.get(w).takeBack(this)) {
        busy.decrementAndGet();
      }
    }
    long since = System.nanoTime();
    for (int turn = 0; busy.get() > 0 && Spin.again(turn, since); turn++) {}
    if (busy.get() > 0) {
      sleep();
    }
  }

  private void sleep() {
    boolean interrupted = false;
    sleeper = Thread.currentThread();
    while (busy.get() > 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    sleeper = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Forgets what has run: it holds a plan and its memory, which may be gigabytes. */
  void clear() {
    tasks = NOTHING;
    failure.set(null);
    workers.clear();
  }
}
