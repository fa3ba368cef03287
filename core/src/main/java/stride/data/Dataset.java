package stride.data;

import java.util.Objects;
import java.util.function.Function;

/**
 * Samples by index. Thread-safe: the samples of a batch are read by several threads at once.
 *
 * @param <T> a sample
 */
public interface Dataset<T> {
  /** {@return the number of samples} */
  int size();

  /**
   * Returns one sample, the same one at every call.
   *
   * @param index from 0 to {@code size() - 1}
   * @return the sample
   * @throws IndexOutOfBoundsException if there is no such sample
   * @throws java.io.UncheckedIOException if the sample's file cannot be read; the message names it
   */
  T get(int index);

  /**
   * Returns the samples of some indices, in that order.
   *
   * @param indices each from 0 to {@code size() - 1}; an index may occur several times
   * @return a data set that reads from this one
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
   * Returns the first {@code count} samples.
   *
   * @param count the number of samples
   * @return a data set that reads from this one
   * @throws IllegalArgumentException if there are fewer
   */
  default Dataset<T> first(int count) {
    return select(Selection.first(count, size()));
  }

  /**
   * Splits the samples into two parts at random.
   *
   * @param fraction of the samples to hold out, rounded to whole samples, but at least one and not
   *     all of them
   * @param seed the same seed gives the same parts
   * @return the two parts
   * @throws IllegalArgumentException if the fraction is not between 0 and 1, or there are fewer
   *     than 2 samples
   */
  default HeldOut<? extends Dataset<T>> holdOut(double fraction, long seed) {
    var parts = Selection.holdOut(size(), fraction, seed);
    return new HeldOut<Dataset<T>>(select(parts.train()), select(parts.test()));
  }

  /**
   * Returns other samples, each made from one of these when it is read.
   *
   * @param <S> the type of the other samples
   * @param change makes a sample of the new data set; called by several threads at once
   * @return a data set of the same size
   */
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
