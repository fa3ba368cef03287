package stride.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that help callers with their tasks: {@code threads - 1} workers, and the callers
 * themselves. One caller has the help of all workers, several ones share them, and as many callers
 * as there are threads compute by themselves: then each has a core and waits for nobody.
 */
final class WorkerPool {
  private final Worker[] workers;
  private final BriefLock lock = new BriefLock();
  private final Condition callersLeave = lock.newCondition();

  /** Threads that are computing, or about to; guarded by the lock. */
  private final List<Thread> callers = new ArrayList<>();

  /** Jobs that nobody uses; guarded by the lock. */
  private final Deque<Job> jobs = new ArrayDeque<>();

  /** Workers that callers have claimed; guarded by the lock. */
  private int claimed;

  /** Whether new callers are refused; guarded by the lock. */
  private boolean closed;

  /** The number of callers. */
  private volatile int computing;

  private volatile boolean ended;

  WorkerPool(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(this, i + 1);
    }
    try {
      for (var worker : workers) {
        worker.start();
      }
    } catch (OutOfMemoryError e) {
      end();
      throw e;
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /** Whether a worker of this number has a core, as long as every caller has one. */
  boolean hasRoomFor(int worker) {
    return worker + computing <= workers.length + 1;
  }

  /** The number that the current thread's tasks are told of it. */
  int number() {
    var worker = worksHere();
    return worker == null ? 0 : worker.number();
  }

  private @Nullable Worker worksHere() {
    return Thread.currentThread() instanceof Worker worker && worker.pool() == this ? worker : null;
  }

  /** What a worker's tasks may use as scratch. */
  float[] scratch(int worker) {
    return workers[worker - 1].scratch();
  }

  /** Makes the scratch of all workers at least this long. */
  void reserveScratch(int floats) {
    for (var worker : workers) {
      worker.reserveScratch(floats);
    }
  }

  /**
   * Begins a stretch of calls of {@link #run}: the current thread is counted as a caller.
   *
   * @return whether it was none, and has to {@link #leave}
   * @throws IllegalStateException if the team is closed, and the thread is not at work here
   */
  boolean enter() {
    return worksHere() == null && add(Thread.currentThread());
  }

  private boolean add(Thread caller) {
    lock.lock();
    try {
      if (callers.contains(caller)) {
        return false;
      }
      if (closed) {
        throw closed();
      }
      callers.add(caller);
      computing = callers.size();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what {@link #enter} has begun. */
  void leave() {
    lock.lock();
    try {
      callers.remove(Thread.currentThread());
      computing = callers.size();
      callersLeave.signalAll();
    } finally {
      lock.unlock();
    }
  }

  static IllegalStateException closed() {
    return new IllegalStateException("the engine is closed");
  }

  /**
   * Runs all tasks and returns when all are done. A worker's tasks run theirs by themselves.
   *
   * @param number of the current thread, for tasks that it runs itself
   */
  void run(int count, Engine.Tasks tasks, int number) {
    var job = count > 1 && computing < threads() && worksHere() == null ? claim(count) : null;
    if (job == null) {
      for (int task = 0; task < count; task++) {
        tasks.run(task, number);
      }
      return;
    }
    try {
      job.run(count, tasks, Admission.holdsPlan());
    } finally {
      release(job);
    }
  }

  /** Claims a caller's part of the workers; null if there is none. */
  private @Nullable Job claim(int count) {
    lock.lock();
    try {
      return claimLocked(count);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Job claimLocked(int count) {
    int others = threads() - callers.size();
    int most = Math.min(Math.ceilDiv(others, callers.size()), others - claimed);
    most = Math.min(most, count - 1);
    if (most < 1) {
      return null;
    }
    var kept = jobs.poll();
    var job = kept == null ? new Job(threads()) : kept;
    for (int w = 0; w < workers.length && job.workers().size() < most; w++) {
      if (!workers[w].isClaimed()) {
        workers[w].setClaimed(true);
        job.workers().add(workers[w]);
      }
    }
    claimed += job.workers().size();
    return job;
  }

  private void release(Job job) {
    lock.lock();
    try {
      for (int w = 0; w < job.workers().size(); w++) {
        job.workers().get(w).setClaimed(false);
      }
      claimed -= job.workers().size();
      job.clear();
      jobs.push(job);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Refuses new callers, waits for those that are there, and ends the threads. A thread that is at
   * work here, or is interrupted, does not wait.
   */
  void close() throws InterruptedException {
    try {
      awaitCallers();
    } finally {
      end();
    }
  }

  private void awaitCallers() throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      boolean isOwn = worksHere() != null || callers.contains(Thread.currentThread());
      while (!isOwn && !callers.isEmpty()) {
        callersLeave.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the threads as soon as they have nothing to do. Callers do without them. */
  void end() {
    ended = true;
    for (var worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  boolean hasEnded() {
    return ended;
  }
}
