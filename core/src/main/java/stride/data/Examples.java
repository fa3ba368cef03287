package stride.data;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntFunction;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * Samples of any task: tensors of the same shapes in all samples, and targets of one type.
 *
 * <pre>{@code
 * // 1,000 pictures, each with the two numbers that a network should predict.
 * Examples.of(1000, i -> Example.of(picture(i), Target.values(x(i), y(i))));
 * }</pre>
 */
public interface Examples extends Dataset<Example> {
  /** {@return the shape of each input} */
  List<Shape> shapes();

  /** {@return the type of all targets} */
  TargetType targets();

  /**
   * Returns whether samples are read from files or take long to make. If so, training reads them
   * ahead on separate threads.
   *
   * @return false, unless a subclass says otherwise
   */
  default boolean readsFiles() {
    return false;
  }

  /**
   * Returns samples in memory.
   *
   * @param examples the samples, all of the same shapes and type of target
   * @return a data set of them
   * @throws IllegalArgumentException if there are none
   */
  static Examples of(List<Example> examples) {
    var all = List.copyOf(examples);
    return of(all.size(), all::get);
  }

  /**
   * Returns samples that are made when they are read. Shapes and the targets' type are those of
   * sample 0.
   *
   * @param size the number of samples, at least 1
   * @param example returns the sample of an index, the same one at every call; called by several
   *     threads at once
   * @return a data set of them
   * @throws IllegalArgumentException if there are none
   */
  static Examples of(int size, IntFunction<Example> example) {
    if (size < 1) {
      throw new IllegalArgumentException("examples are at least 1, found " + size);
    }
    return of(size, example, example.apply(0).target().type());
  }

  /**
   * Returns samples that are made when they are read, with a given type of targets.
   *
   * @param size the number of samples, at least 1
   * @param example returns the sample of an index, the same one at every call; called by several
   *     threads at once
   * @param targets the targets' type, needed if sample 0 is not typical, as where other samples
   *     have more boxes
   * @return a data set of them
   * @throws IllegalArgumentException if there are none
   */
  static Examples of(int size, IntFunction<Example> example, TargetType targets) {
    if (size < 1) {
      throw new IllegalArgumentException("examples are at least 1, found " + size);
    }
    var shapes = example.apply(0).inputs().stream().map(Tensor::shape).toList();
    return new Made(size, example, shapes, targets);
  }

  /**
   * Returns examples made from the samples of another data set, each when it is read.
   *
   * @param <T> the type of the other data set's samples
   * @param data the other data set
   * @param example makes an example of a sample; called by several threads at once
   * @return a data set of them
   * @throws IllegalArgumentException if there are none
   */
  static <T> Examples of(Dataset<T> data, Function<? super T, Example> example) {
    return of(data.size(), index -> example.apply(data.get(index)));
  }

  @Override
  default Examples select(int... indices) {
    var all = this;
    int[] chosen = Selection.checked(indices, size());
    return new Made(
        chosen.length,
        i -> all.get(chosen[Objects.checkIndex(i, chosen.length)]),
        shapes(),
        targets(),
        readsFiles());
  }

  @Override
  default Examples first(int count) {
    return select(Selection.first(count, size()));
  }

  @Override
  default HeldOut<Examples> holdOut(double fraction, long seed) {
    var parts = Selection.holdOut(size(), fraction, seed);
    return new HeldOut<>(select(parts.train()), select(parts.test()));
  }

  /** {@return these samples, read ahead by separate threads while a training computes} */
  default Examples ahead() {
    return new Made(size(), this::get, shapes(), targets(), true);
  }
}
