package stride.data;

import stride.tensor.CounterRandom;

/** The order in which an epoch visits the samples: a function of the seed and the epoch alone. */
public final class Shuffle {
  /**
   * Used in the key instead of a sample's index, so that the order's random numbers are not those
   * of a sample.
   */
  private static final long ORDER = -1;

  /**
   * The same for a part that begins at 0; those that begin later follow. Below {@link #ORDER} come
   * the keys of the batches that are mixed, one for each position: these are far from both.
   */
  private static final long PART = Long.MIN_VALUE;

  private Shuffle() {}

  /**
   * Fills {@code order} with a permutation of 0 to {@code order.length - 1} (Fisher and Yates, in
   * Durstenfeld's form).
   *
   * @param order receives the permutation
   * @param seed the seed of the training
   * @param epoch the epoch, from 0
   */
  public static void fill(int[] order, long seed, long epoch) {
    long key = CounterRandom.key(seed, epoch, ORDER);
    for (int i = 0; i < order.length; i++) {
      int j = CounterRandom.below(CounterRandom.bits(key, i), i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }

  /**
   * Fills a part of {@code order} with a permutation of its own indices: samples that are shuffled
   * by themselves.
   *
   * @param order receives the permutation
   * @param from the first index and the smallest number
   * @param to the index after the last
   * @param seed the seed of the training
   * @param epoch the epoch, from 0
   */
  public static void fill(int[] order, int from, int to, long seed, long epoch) {
    long key = CounterRandom.key(seed, epoch, PART + from);
    for (int i = from; i < to; i++) {
      int j = from + CounterRandom.below(CounterRandom.bits(key, i), i + 1 - from);
      order[i] = order[j];
      order[j] = i;
    }
  }
}
