package stride.compute;

import java.util.List;
import java.util.function.UnaryOperator;
import stride.kernel.Epilogue;
import stride.tensor.Shape;

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
    default String kernel() {
      return "";
    }
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
   * Work in which every pixel is by itself: it reads its place of each input, and writes its place
   * of the output. Runs in a chain as {@link Samples} do; where a batch has too few samples for all
   * threads, they share out its pixels instead.
   *
   * @param perSample pixels of a sample
   * @param floats values of a pixel, from which a plan sees how many make a part of their own
   */
  public record Pixels(int perSample, int floats, PixelBody body) implements Phase {}

  /**
   * Work in which every row of a sample's output, or other part of it, is by itself, and may read
   * all of the sample's inputs. Runs in a chain as {@link Samples} do; where a batch has too few
   * samples for all threads, they share out its rows instead.
   *
   * @param perSample rows of a sample's output
   * @param floats values that are read or written for a row, from which a plan sees how many make a
   *     part of their own
   */
  public record Rows(int perSample, int floats, RowBody body) implements Phase {
    /** Computes the rows [from, to), counted through all samples, on a worker. */
    public void run(int from, int to, int worker) {
      for (int row = from, end; row < to; row = end) {
        int sample = row / perSample;
        int first = sample * perSample;
        end = Math.min(first + perSample, to);
        body.run(sample, row - first, end - first, worker);
      }
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

  /** Computes the pixels [from, to), counted through all samples. */
  @FunctionalInterface
  public interface PixelBody {
    /** Computes the pixels [from, to) on a worker. */
    void run(int from, int to, int worker);
  }

  /** Computes the rows [from, to) of a sample. */
  @FunctionalInterface
  public interface RowBody {
    /** Computes the rows [from, to) of a sample on a worker. */
    void run(int sample, int from, int to, int worker);
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

  /**
   * A step in which each pixel is by itself, forward and backward.
   *
   * @param shape the output's, which says how many pixels there are
   */
  public static Step perPixel(Shape shape, PixelBody forward, PixelBody backward) {
    return new Step(List.of(pixels(shape, forward)), List.of(pixels(shape, backward)), List.of());
  }

  /** A phase in which each pixel is by itself, of samples of a shape. */
  public static Pixels pixels(Shape shape, PixelBody body) {
    return new Pixels(shape.elements() / shape.channels(), shape.channels(), body);
  }

  /**
   * A step in which each row of the output is by itself forward, and each sample backward.
   *
   * @param image the output's shape
   */
  public static Step perRow(Shape image, RowBody forward, SampleBody backward) {
    var rows = new Rows(image.height(), image.width() * image.channels(), forward);
    return new Step(List.of(rows), List.of(new Samples(backward)), List.of());
  }

  /** A step that is fused forward, and has one phase backward. */
  public static Step fused(UnaryOperator<Epilogue> epilogue, Phase backward) {
    return new Step(List.of(), List.of(backward), List.of(), epilogue);
  }

  /** A phase of one task. */
  public static Tasks once(TaskBody body) {
    return new Tasks(samples -> 1, body);
  }
}
