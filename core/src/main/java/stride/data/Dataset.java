package stride.data;

import java.util.Objects;
import java.util.function.Function;

/**
 * Samples by index. Thread-safe: the samples of a batch are read by several threads at once.
 *
 * @param <T> a sample
 */
public interface Dataset<T> {
  /** How many samples there are. */
  int size();

  /**
   * One sample, the same at every call.
   *
   * @param index from 0 to {@code size() - 1}
   * @throws IndexOutOfBoundsException if there is no such sample
   * @throws java.io.UncheckedIOException if the sample's file cannot be read; the message names it
   */
  T get(int index);

  /**
   * The samples of some indices, in their order; one may be there several times.
   *
   * @throws IndexOutOfBoundsException if there is no such sample
   */
  default Dataset<T> select(int... indices) {
    var all = this;
    int[] chosen = Selection.checked(indices, size());
    return new Dataset<>() {
      @Override
      public int size() {
        return chosen.length;
      }

      @Override
      public T get(int index) {
        return all.get(chosen[Objects.checkIndex(index, chosen.length)]);
      }
    };
  }

  /**
   * The first {@code count} samples.
   *
   * @throws IllegalArgumentException if there are fewer
   */
  default Dataset<T> first(int count) {
    return select(Selection.first(count, size()));
  }

  /**
   * The samples in two parts; which ones are held out is drawn.
   *
   * @param fraction of the samples to hold out, rounded to whole samples, but at least one and not
   *     all of them
   * @param seed the same seed draws the same samples
   * @throws IllegalArgumentException if the fraction is not between 0 and 1, or there are fewer
   *     than 2 samples
   */
  default HeldOut<? extends Dataset<T>> holdOut(double fraction, long seed) {
    var parts = Selection.holdOut(size(), fraction, seed);
    return new HeldOut<Dataset<T>>(select(parts.train()), select(parts.test()));
  }

  /** Other samples, each made of one of these when it is read. */
  default <S> Dataset<S> map(Function<? super T, ? extends S> change) {
    var all = this;
    return new Dataset<>() {
      @Override
      public int size() {
        return all.size();
      }

      @Override
      public S get(int index) {
        return change.apply(all.get(index));
      }
    };
  }
}
