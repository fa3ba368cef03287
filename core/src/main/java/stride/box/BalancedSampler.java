package stride.box;

import java.util.Arrays;
import stride.tensor.CounterRandom;

/**
 * Chooses at random which anchors or proposals of a picture a loss looks at, so that background
 * does not outweigh all else (Ren et al. 2015). If there are fewer with an object than wanted,
 * background takes their place.
 *
 * @param size the number to choose, fewer if there are no more
 * @param positives the share of those with an object, in [0, 1]
 */
public record BalancedSampler(int size, double positives) {
  /**
   * The numbers of those chosen, each in ascending order.
   *
   * @param positives those with an object
   * @param negatives those on background
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Chosen(int[] positives, int[] negatives) {}

  /**
   * Chooses.
   *
   * @param labels 1 or more for each with an object, 0 for background, less for what counts for
   *     nothing
   * @param key a random number, of {@link CounterRandom#key}: the same one makes the same choice
   * @return those chosen; all, if no more are there than wanted
   */
  public Chosen choose(int[] labels, long key) {
    int objects = 0;
    for (int label : labels) {
      objects += label >= 1 ? 1 : 0;
    }
    int most = Math.min(objects, (int) (size * positives));
    return new Chosen(some(labels, true, most, key), some(labels, false, size - most, key));
  }

  /** Returns those whose random numbers are the smallest. */
  private static int[] some(int[] labels, boolean objects, int most, long key) {
    var smallest = new Ranking.Smallest(Math.min(most, labels.length));
    for (int i = 0; i < labels.length; i++) {
      if (objects ? labels[i] >= 1 : labels[i] == 0) {
        smallest.add(CounterRandom.bits(key, i) & 0xFFFFFFFF00000000L | i);
      }
    }
    int[] chosen = smallest.indices();
    Arrays.sort(chosen);
    return chosen;
  }
}
