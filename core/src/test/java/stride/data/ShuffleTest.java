package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.tensor.CounterRandom;

/** The order of samples that are shuffled by themselves. */
final class ShuffleTest {
  private static final int SAMPLES = 50;
  private static final long SEED = 3;
  private static final long EPOCH = 2;

  /**
   * The keys of what else an epoch draws: of its samples (their indices, from 0), of the order of
   * all (-1), and of the batch that begins at each position (-2 and below, as BatchMixing has it).
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, SAMPLES, 3 * SAMPLES})
  void theOrderOfAPartSharesNoRandomNumbersWithSamplesAndBatches(int from) {
    int[] order = new int[from + SAMPLES];
    Shuffle.fill(order, from, from + SAMPLES, SEED, EPOCH);
    for (int i = -2 - 4 * SAMPLES; i < 4 * SAMPLES; i++) {
      assertFalse(
          Arrays.equals(drawn(CounterRandom.key(SEED, EPOCH, i), from), order), "the key " + i);
    }
    int[] sorted = Arrays.copyOfRange(order, from, order.length);
    Arrays.sort(sorted);
    int[] all = new int[SAMPLES];
    Arrays.setAll(all, i -> from + i);
    assertArrayEquals(all, sorted);
  }

  /** The order of a part by the random numbers of a key. */
  private static int[] drawn(long key, int from) {
    int[] order = new int[from + SAMPLES];
    for (int i = from; i < order.length; i++) {
      int j = from + CounterRandom.below(CounterRandom.bits(key, i), i + 1 - from);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
