package stride.data;

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
}
