package stride.engine;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread of a team, which runs its share of one job at a time. */
final class Worker extends Thread {
  private final WorkerPool pool;
  private final int number;

  /** The job that it is to take, until it takes it or the caller takes it back. */
  private final AtomicReference<@Nullable Job> given = new AtomicReference<>();

  /** Its share of the job that was given. */
  private int share;

  /** The job that it runs; for its own eyes. */
  private @Nullable Job job;

  private volatile boolean asleep;

  /** Whether a caller has it; guarded by the team's lock. */
  private boolean claimed;

  private volatile float[] scratch = {};

  Worker(WorkerPool pool, int number) {
    // What makes an engine may be a web application, which its threads must not hold in memory.
    super(null, null, "stride-worker-" + number, 0, false);
    this.pool = pool;
    this.number = number;
    setDaemon(true);
  }

  WorkerPool pool() {
    return pool;
  }

  /** What its tasks are told of it: 1 or more. */
  int number() {
    return number;
  }

  /** Whether the task that it runs is that of a caller who holds a plan. */
  boolean worksForHolder() {
    return job != null && job.isForHolder();
  }

  boolean isClaimed() {
    return claimed;
  }

  void setClaimed(boolean claimed) {
    this.claimed = claimed;
  }

  /** Floats that its tasks may use, and nobody else meanwhile. */
  float[] scratch() {
    return scratch;
  }

  /** Makes its scratch at least this long; a task that runs goes on with the one it has. */
  synchronized void reserveScratch(int floats) {
    if (scratch.length < floats) {
      scratch = new float[floats];
    }
  }

  /** Gives it a share of a job, for which it was claimed. */
  void give(Job job, int share) {
    this.share = share;
    given.set(job);
    if (asleep) {
      LockSupport.unpark(this);
    }
  }

  /** Takes a job back; false if the worker has taken it before. */
  boolean takeBack(Job job) {
    return given.compareAndSet(job, null);
  }

  @Override
  public void run() {
    for (var taken = take(); taken != null; taken = take()) {
      job = taken;
      try {
        taken.work(share, number);
      } finally {
        job = null;
        taken.done();
      }
      // A task may have interrupted its thread, which could not sleep then.
      interrupted();
    }
  }

  /** Waits for a job; null when the team has ended. */
  private @Nullable Job take() {
    long since = System.nanoTime();
    for (int turn = 0; ; turn++) {
      var next = given.get();
      if (next != null && given.compareAndSet(next, null)) {
        return next;
      }
      if (pool.hasEnded()) {
        return null;
      }
      if (!pool.hasRoomFor(number) || !Spin.again(turn, since)) {
        sleep();
        turn = 0;
        since = System.nanoTime();
      }
    }
  }

  private void sleep() {
    asleep = true;
    while (given.get() == null && !pool.hasEnded()) {
      LockSupport.park(pool);
    }
    asleep = false;
  }
}
