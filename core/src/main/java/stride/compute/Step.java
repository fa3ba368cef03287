package stride.compute;

import java.util.List;
import java.util.function.UnaryOperator;
import stride.kernel.Epilogue;

/**
 * What a plan runs for one node: the phases of its forward and of its backward pass, in order.
 *
 * @param forward from the inputs to the output
 * @param backward from the output's gradient to the gradients of the inputs, and what has to be
 *     done with each sample for the gradients of the weights
 * @param last what remains to be done for the gradients of the weights: nothing else waits for it,
 *     so a plan runs it for all nodes together, after the whole backward pass
 * @param epilogue what a fused node adds to the epilogue of its producer; the identity for others
 */
public record Step(
    List<Phase> forward, List<Phase> backward, List<Tasks> last, UnaryOperator<Epilogue> epilogue) {

  /** A step that does nothing: a view's. */
  public static final Step NOTHING = new Step(List.of(), List.of(), List.of());

  /** The step of a node that is not fused. */
  public Step(List<Phase> forward, List<Phase> backward, List<Tasks> last) {
    this(forward, backward, last, UnaryOperator.identity());
  }

  public Step {
    forward = List.copyOf(forward);
    backward = List.copyOf(backward);
    last = List.copyOf(last);
  }

  /** A stretch of work that the plan spreads over its threads. */
  public sealed interface Phase {
    /**
     * What tables call the kernel that does it, such as "winograd"; empty where there is no choice.
     */
    String kernel();
  }

  /**
   * Work in which every sample is by itself. Neighbouring phases of this kind run without a
   * barrier: a thread takes some samples through all of them while they are in its cache.
   */
  public record Samples(SampleBody body, String kernel) implements Phase {
    /** Work without a choice of kernels. */
    public Samples(SampleBody body) {
      this(body, "");
    }
  }

  /**
   * Independent tasks over the whole batch, with a barrier before and after.
   *
   * @param count how many tasks there are for a number of samples
   */
  public record Tasks(TaskCount count, TaskBody body, String kernel) implements Phase {
    /** Work without a choice of kernels. */
    public Tasks(TaskCount count, TaskBody body) {
      this(count, body, "");
    }
  }

  /**
   * Computes the samples [from, to), which is a whole number of {@linkplain Binding#groupSize
   * groups}.
   */
  @FunctionalInterface
  public interface SampleBody {
    /** Computes the samples [from, to) on a worker. */
    void run(int from, int to, int worker);
  }

  /** The number of tasks for a number of samples. */
  @FunctionalInterface
  public interface TaskCount {
    /** Returns how many tasks there are for a number of samples. */
    int of(int samples);
  }

  /** Computes one task for a batch of {@code samples}. */
  @FunctionalInterface
  public interface TaskBody {
    /** Computes a task, counted from 0, on a worker. */
    void run(int task, int samples, int worker);
  }

  /** A step in which each sample is by itself, forward and backward. */
  public static Step perSample(SampleBody forward, SampleBody backward) {
    return new Step(List.of(new Samples(forward)), List.of(new Samples(backward)), List.of());
  }

  /** A step that is fused forward, and in which each sample is by itself backward. */
  public static Step fused(UnaryOperator<Epilogue> epilogue, SampleBody backward) {
    return new Step(List.of(), List.of(new Samples(backward)), List.of(), epilogue);
  }

  /** A phase of one task. */
  public static Tasks once(TaskBody body) {
    return new Tasks(samples -> 1, body);
  }
}
