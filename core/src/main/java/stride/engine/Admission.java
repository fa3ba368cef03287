package stride.engine;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Bounds the plans that are borrowed at the same time, in number and in bytes. Callers wait in the
 * order in which they came.
 *
 * <p>A thread that holds a plan of any engine does not wait, nor do the tasks that it shares out:
 * what they ask for is given at once and not counted. So callers only ever wait for threads that go
 * on.
 */
final class Admission {
  private static final ScopedValue<Boolean> HOLDS_PLAN = ScopedValue.newInstance();

  /** Where the current thread has a place, with no plan yet. */
  private static final ScopedValue<Admission> PLACE = ScopedValue.newInstance();

  /** Bytes to a permit: permits are integers. */
  private static final int UNIT = 1 << 16;

  private final int most;
  private final int mostUnits;
  private final Semaphore plans;
  private final Semaphore units;
  private volatile boolean closed;

  /**
   * @param plans that are borrowed at the same time, at most
   * @param bytes of all of them; one that is larger is borrowed by itself
   */
  Admission(int plans, long bytes) {
    most = plans;
    mostUnits = Math.clamp(bytes / UNIT, 1, Integer.MAX_VALUE);
    this.plans = new Semaphore(most, true);
    units = new Semaphore(mostUnits, true);
  }

  /** Whether the current thread holds a plan, or works for a caller that does. */
  static boolean holdsPlan() {
    return HOLDS_PLAN.isBound()
        || (Thread.currentThread() instanceof Worker worker && worker.worksForHolder());
  }

  /** Runs something of a caller that holds a plan. */
  static <T, X extends Throwable> T holding(ScopedValue.CallableOp<T, X> use) throws X {
    return ScopedValue.where(HOLDS_PLAN, true).call(use);
  }

  /**
   * Whether the current thread must not wait for a place here: it holds a plan, or has a place of
   * another engine, whose callers may be waiting for one of this.
   */
  boolean isExempt() {
    return holdsPlan() || (PLACE.isBound() && PLACE.get() != this);
  }

  /** Whether the current thread has a place here, which {@link #enter} gave it. */
  boolean isPlaced() {
    return PLACE.isBound() && PLACE.get() == this;
  }

  /** Runs something of a caller that has a place here. */
  <T, X extends Throwable> T placed(ScopedValue.CallableOp<T, X> use) throws X {
    return ScopedValue.where(PLACE, this).call(use);
  }

  /**
   * Waits until there are fewer plans than may be.
   *
   * @throws IllegalStateException if it is closed, before or meanwhile
   * @throws CancellationException if the thread is interrupted while it waits
   */
  void enter() {
    checkOpen();
    acquire(plans, 1);
    if (closed) {
      plans.release();
      throw WorkerPool.closed();
    }
  }

  void leave() {
    plans.release();
    if (Thread.currentThread().isVirtual()) {
      // It has kept a carrier from all other virtual threads, some of which may not have begun.
      Thread.yield();
    }
  }

  /**
   * Waits until there is room for a plan of the given number of bytes.
   *
   * @return what {@link #giveBack} wants
   * @throws CancellationException if the thread is interrupted while it waits
   */
  int reserve(long bytes) {
    int wanted = Math.clamp(Math.ceilDiv(bytes, UNIT), 1, mostUnits);
    acquire(units, wanted);
    return wanted;
  }

  void giveBack(int reserved) {
    units.release(reserved);
  }

  /** The bytes that are not reserved. */
  long free() {
    return (long) units.availablePermits() * UNIT;
  }

  /** How many callers may be in at the same time. */
  int most() {
    return most;
  }

  /** How many callers are in. */
  int admitted() {
    return most - plans.availablePermits();
  }

  private void acquire(Semaphore semaphore, int permits) {
    // A caller that need not wait is served, interrupted or not.
    if (!semaphore.hasQueuedThreads() && semaphore.tryAcquire(permits)) {
      return;
    }
    try {
      semaphore.acquire(permits);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var cancelled =
          new CancellationException(
              "interrupted while waiting for a plan: all that may be are in use");
      cancelled.initCause(e);
      throw cancelled;
    }
  }

  void checkOpen() {
    if (closed && !holdsPlan()) {
      throw WorkerPool.closed();
    }
  }

  /** Refuses callers from now on, and waits until no plan is borrowed. */
  void close() throws InterruptedException {
    closed = true;
    if (!holdsPlan() && !isPlaced()) {
      plans.acquire(most);
      plans.release(most);
    }
  }
}
