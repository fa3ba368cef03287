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
 * // 1,000 pictures, each with the two numbers that a network is to tell of it.
 * Examples.of(1000, i -> Example.of(picture(i), Target.values(x(i), y(i))));
 * }</pre>
 */
public interface Examples extends Dataset<Example> {
  /** The shape of each input. */
  List<Shape> shapes();

  /** What each sample's target is. */
  TargetType targets();

  /**
   * Whether samples are read from files, or take long to make: then training makes them ahead, on
   * threads of their own.
   */
  default boolean readsFiles() {
    return false;
  }

  /**
   * Samples in memory.
   *
   * @throws IllegalArgumentException if there are none
   */
  static Examples of(List<Example> examples) {
    var all = List.copyOf(examples);
    return of(all.size(), all::get);
  }

  /**
   * Samples that are made when they are read. Shapes and the targets' type are those of sample 0.
   *
   * @param size how many there are, at least 1
   * @param example gives the sample of an index, the same at every call; called by several threads
   *     at once
   * @throws IllegalArgumentException if there are none
   */
  static Examples of(int size, IntFunction<Example> example) {
    if (size < 1) {
      throw new IllegalArgumentException("examples are at least 1, found " + size);
    }
    return of(size, example, example.apply(0).target().type());
  }

  /**
   * Samples that are made when they are read.
   *
   * @param targets the targets' type, where sample 0 does not tell it: its boxes may be fewer than
   *     another one's
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
   * Examples made of the samples of another data set, each when it is read.
   *
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

  /** The same samples, made ahead by threads of their own while a training computes. */
  default Examples ahead() {
    return new Made(size(), this::get, shapes(), targets(), true);
  }
}
