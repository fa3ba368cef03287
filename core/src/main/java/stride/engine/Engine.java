package stride.engine;

import java.util.function.Function;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.kernel.Kernels;

/**
 * Threads and kernels that run plans. Close it to end its threads; they are daemons, so a program
 * that forgets to still ends.
 */
public final class Engine implements AutoCloseable {
  private final Team team;
  private final Kernels kernels;
  private final boolean exact;
  private final PlanCache plans = new PlanCache();

  private Engine(int threads, Kernels kernels, boolean exact) {
    if (threads < 1) {
      throw new IllegalArgumentException("an engine has at least 1 thread, found " + threads);
    }
    this.team = new Team(threads);
    this.kernels = kernels;
    this.exact = exact;
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
    return new Engine(threads, Kernels.best(), false);
  }

  /** An engine on given kernels, for comparing them. */
  public static Engine with(int threads, Kernels kernels) {
    return new Engine(threads, kernels, false);
  }

  /**
   * An engine whose convolutions sum as their definition says. Others take Winograd's way (Lavin
   * and Gray 2015) where it is faster: its rounding errors are a few times as large.
   */
  public static Engine exact(int threads, Kernels kernels) {
    return new Engine(threads, kernels, true);
  }

  /** The engine of those who bring none: made when first asked for, never closed. */
  public static Engine shared() {
    return Shared.ENGINE;
  }

  public int threads() {
    return team.threads();
  }

  public Kernels kernels() {
    return kernels;
  }

  /** Whether convolutions sum as their definition says. */
  public boolean exact() {
    return exact;
  }

  Team team() {
    return team;
  }

  /**
   * Compiles a graph: allocates all buffers and chooses all kernels.
   *
   * @param batch the largest number of samples of a run
   */
  public Plan plan(Graph graph, Weights weights, int batch, Purpose purpose) {
    return new Plan(this, graph, weights, batch, purpose);
  }

  /**
   * Runs something with a plan, which nobody else uses meanwhile. Plans are kept and used again, so
   * that requests of changing batch sizes do not compile the graph anew: a plan's batch is the next
   * power of two.
   *
   * @param batch the largest number of samples that {@code use} runs
   */
  public <T> T withPlan(
      Graph graph, Weights weights, int batch, Purpose purpose, Function<Plan, T> use) {
    int size = Math.max(Integer.highestOneBit(2 * batch - 1), 1);
    var kept = plans.take(graph, weights, size, purpose);
    var plan = kept == null ? plan(graph, weights, size, purpose) : kept;
    T result = use.apply(plan);
    plans.keep(plan);
    return result;
  }

  /**
   * Runs independent tasks, numbered from 0, on this engine's threads.
   *
   * @throws IllegalStateException if a task of this engine calls it, or runs a model on it
   */
  public void forEach(int count, Tasks tasks) {
    team.run(count, tasks);
  }

  /** A task of {@link #forEach}. */
  @FunctionalInterface
  public interface Tasks {
    /**
     * Runs one task.
     *
     * @param worker the number of the thread that runs it, below {@link #threads}
     */
    void run(int task, int worker);
  }

  @Override
  public void close() {
    team.close();
  }

  private static final class Shared {
    static final Engine ENGINE = create();
  }
}
