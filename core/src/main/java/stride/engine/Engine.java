package stride.engine;

import java.lang.ref.Cleaner;
import java.util.concurrent.CancellationException;
import stride.compute.Backend;
import stride.compute.CpuBackend;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.kernel.Kernels;

/**
 * Threads and kernels that run plans. Close it to end its threads; they are daemons, so a program
 * that forgets to still ends, and they end by themselves when the engine and its plans are garbage.
 *
 * <p><b>Many callers.</b> Any number of threads, platform or virtual ones, may use an engine at the
 * same time. Each gets the same bits as if it were alone.
 *
 * <ul>
 *   <li>A caller computes, too. One caller has the help of all threads of the engine, several share
 *       them, and as many callers as the engine has threads compute by themselves.
 *   <li>The plans that {@link #withPlan} lends at the same time are bounded: there are two more
 *       than the engine has threads, which keeps all of them busy, and together they have at most
 *       half of the memory that the JVM may use; a plan that is larger is lent by itself. Other
 *       callers wait, holding nothing, and come in the order in which they asked. A caller that is
 *       interrupted while it waits gets a {@link CancellationException} and stays interrupted; one
 *       that computes goes on.
 *   <li>A caller that has borrowed a plan never waits: what it borrows within, of any engine and
 *       also in tasks, it gets at once, beyond the bounds. Nested use cannot block, unless the
 *       holder of a plan waits for another thread that wants one.
 *   <li>Plans of {@link #plan} belong to who made them, and are not counted.
 *   <li>A task may run tasks, or a model, on the engine that runs it: on the thread of the task,
 *       one after another.
 *   <li>Whatever a task throws is thrown to the caller, and the engine goes on.
 * </ul>
 */
public final class Engine implements AutoCloseable {
  /** Plans beyond the threads: while the threads of these wake up, the others have the cores. */
  private static final int WAKING = 2;

  /** Plans for other networks and sizes that are kept beside those that are lent at once. */
  private static final int OTHERS = 8;

  private final WorkerPool pool;
  private final Backend backend;
  private final boolean exact;
  private final Admission admission;
  private final PlanCache idle;
  private final boolean shared;

  private Engine(
      WorkerPool pool, Backend backend, boolean exact, Admission admission, boolean shared) {
    this.pool = pool;
    this.backend = backend;
    this.exact = exact;
    this.admission = admission;
    this.shared = shared;
    idle = new PlanCache(admission.most() + OTHERS);
    if (pool.threads() > 1) {
      Forgotten.CLEANER.register(this, pool::end);
    }
  }

  private static Engine of(int threads, Backend backend, boolean exact, boolean shared) {
    if (threads < 1) {
      throw new IllegalArgumentException("an engine has at least 1 thread, found " + threads);
    }
    var admission = new Admission(threads + WAKING, Runtime.getRuntime().maxMemory() / 2);
    return new Engine(new WorkerPool(threads), backend, exact, admission, shared);
  }

  /**
   * An engine that lends at most this many plans at the same time, of at most these bytes together.
   */
  static Engine bounded(int threads, int plans, long bytes) {
    var admission = new Admission(plans, bytes);
    return new Engine(new WorkerPool(threads), CpuBackend.best(), false, admission, false);
  }

  /** An engine with as many threads as the JVM has processors. */
  public static Engine create() {
    return withThreads(Runtime.getRuntime().availableProcessors());
  }

  /**
   * An engine with {@code threads} threads, the caller's counted; results do not depend on the
   * number.
   */
  public static Engine withThreads(int threads) {
    return with(threads, CpuBackend.best());
  }

  /** An engine on given kernels, for comparing them. */
  public static Engine with(int threads, Kernels kernels) {
    return with(threads, new CpuBackend(kernels));
  }

  /** An engine whose plans run on a given backend. */
  public static Engine with(int threads, Backend backend) {
    return of(threads, backend, false, false);
  }

  /**
   * An engine whose convolutions sum as their definition says. Others take Winograd's way (Lavin
   * and Gray 2015) where it is faster: its rounding errors are a few times as large.
   */
  public static Engine exact(int threads, Kernels kernels) {
    return of(threads, new CpuBackend(kernels), true, false);
  }

  /**
   * The default engine, with as many threads as the JVM has processors: made when first asked for.
   * It is everybody's, so closing it does nothing.
   */
  public static Engine shared() {
    return Shared.ENGINE;
  }

  /** How many threads compute at the same time, the caller's among them. */
  public int threads() {
    return pool.threads();
  }

  /** The backend that makes the steps of this engine's plans. */
  public Backend backend() {
    return backend;
  }

  /** The backend's kernels. */
  public Kernels kernels() {
    return backend.kernels();
  }

  /** Whether convolutions sum as their definition says. */
  public boolean exact() {
    return exact;
  }

  WorkerPool pool() {
    return pool;
  }

  /** The number of plans that are lent. */
  int lent() {
    return admission.admitted();
  }

  /**
   * Compiles a graph: allocates all buffers and chooses all kernels. The plan belongs to the
   * caller; see {@link #withPlan} for requests.
   *
   * @param batch the largest number of samples of a run
   * @throws IllegalArgumentException if the batch has no sample, or more than a plan can hold, or
   *     if the backend has a forward pass for an operation that it fuses
   * @throws OutOfMemoryError if the JVM has not enough memory; the message says what the plan takes
   */
  public Plan plan(Graph graph, Weights weights, int batch, Purpose purpose) {
    admission.checkOpen();
    var plan = new Plan(this, graph, weights, batch, purpose);
    allocate(plan);
    return plan;
  }

  /**
   * Lends a plan, which nobody else uses meanwhile; waits for it if as many as may be are lent.
   * Plans are kept and lent again, so that requests of changing batch sizes do not compile the
   * graph anew: a plan's batch is the next power of two.
   *
   * <p>Allocate large inputs, such as a decoded picture, inside of {@code use}, so that waiting
   * callers hold none.
   *
   * @param batch the largest number of samples that {@code use} runs
   * @param use uses the plan; it must keep no reference to the plan or its buffers
   * @return what {@code use} returns
   * @throws X what {@code use} throws
   * @throws IllegalArgumentException if the batch has no sample, or more than a plan can hold
   * @throws CancellationException if the thread is interrupted while it waits
   * @throws IllegalStateException if the engine is closed
   * @throws OutOfMemoryError if the JVM has not enough memory; the message says what the plan takes
   */
  public <T, X extends Exception> T withPlan(
      Graph graph, Weights weights, int batch, Purpose purpose, PlanUse<T, X> use) throws X {
    int size = rounded(batch);
    if (admission.isExempt()) {
      return lend(graph, weights, size, purpose, use, false);
    }
    return withPlace(
        () -> {
          boolean entered = pool.enter();
          try {
            return lend(graph, weights, size, purpose, use, true);
          } finally {
            if (entered) {
              pool.leave();
            }
          }
        });
  }

  /**
   * Does something as soon as fewer plans are lent than may be, and counts as one that borrows a
   * plan meanwhile: a plan that is asked for within is lent without waiting for others to give
   * theirs back, unless memory is short. For callers that need large things, such as a decoded
   * picture, before they know which plan they need.
   *
   * @param use what is done
   * @return what {@code use} returns
   * @throws X what {@code use} throws
   * @throws CancellationException if the thread is interrupted while it waits
   * @throws IllegalStateException if the engine is closed
   */
  public <T, X extends Exception> T withPlace(PlaceUse<T, X> use) throws X {
    if (admission.isExempt() || admission.isPlaced()) {
      return use.apply();
    }
    admission.enter();
    try {
      return admission.placed(use::apply);
    } finally {
      admission.leave();
    }
  }

  /** The next power of two; the number itself where the next one does not fit into an int. */
  private static int rounded(int batch) {
    return batch > 1 << 30 ? batch : Math.max(batch, Integer.highestOneBit(2 * batch - 1));
  }

  private <T, X extends Exception> T lend(
      Graph graph, Weights weights, int batch, Purpose purpose, PlanUse<T, X> use, boolean counted)
      throws X {
    var kept = idle.take(graph, weights, batch, purpose);
    var plan = kept == null ? new Plan(this, graph, weights, batch, purpose) : kept;
    int reserved = 0;
    try {
      if (counted) {
        reserved = admission.reserve(plan.bytes());
      }
      if (kept == null) {
        idle.shrink(admission.free());
        allocate(plan);
      }
      return Admission.holding(() -> use.apply(plan));
    } finally {
      admission.giveBack(reserved);
      if (plan.isSound()) {
        plan.reset();
        idle.keep(plan, admission.free());
      }
    }
  }

  private void allocate(Plan plan) {
    try {
      plan.allocate();
    } catch (OutOfMemoryError e) {
      idle.shrink(0);
      try {
        plan.allocate();
      } catch (OutOfMemoryError again) {
        throw plan.outOfMemory(again);
      }
    }
  }

  /** What is done in a place among those that borrow plans. */
  @FunctionalInterface
  public interface PlaceUse<T, X extends Exception> {
    /** Does it, on the same thread. */
    T apply() throws X;
  }

  /** What is done with a borrowed plan. */
  @FunctionalInterface
  public interface PlanUse<T, X extends Exception> {
    /** Uses the plan, which goes back to the engine afterwards. */
    T apply(Plan plan) throws X;
  }

  /**
   * Runs independent tasks, numbered from 0, on this engine's threads and the caller's, and returns
   * when all are done. If tasks fail, what the first one throws is thrown here, a checked exception
   * too, and others may not have run.
   *
   * @throws IllegalArgumentException if the count is negative
   * @throws IllegalStateException if the engine is closed
   */
  public void forEach(int count, Tasks tasks) {
    if (count < 0) {
      throw new IllegalArgumentException("there are 0 tasks or more, found " + count);
    }
    boolean entered = pool.enter();
    try {
      pool.run(count, tasks, pool.number());
    } finally {
      if (entered) {
        pool.leave();
      }
    }
  }

  /** A task of {@link #forEach}. */
  @FunctionalInterface
  public interface Tasks {
    /**
     * Runs one task.
     *
     * @param worker the number of the thread that runs it, below {@link #threads}: that of no other
     *     thread that runs tasks of the same call, so what is kept for each number needs no lock.
     *     Of two calls at the same time both have a thread 0, the caller's.
     */
    void run(int task, int worker);
  }

  /**
   * Ends the threads. Waits for plans that are lent, for runs of other plans and for tasks; callers
   * that wait for a plan are refused, and all that come later. Called by work that runs on the
   * engine, or interrupted, it does not wait: the threads end when their work is done. Closing the
   * {@linkplain #shared shared} engine, or one that is closed, does nothing.
   */
  @Override
  public void close() {
    if (shared) {
      return;
    }
    try {
      admission.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      pool.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Shared {
    static final Engine ENGINE =
        of(Runtime.getRuntime().availableProcessors(), CpuBackend.best(), false, true);
  }

  /** Ends the threads of engines that nobody can use any more. */
  private static final class Forgotten {
    static final Cleaner CLEANER = Cleaner.create();
  }
}
