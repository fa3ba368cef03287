package stride.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree by which ranks are added. */
final class PartialSumTest {
  private static final int LENGTH = 5;

  /** Whatever is added first: all stretches of ranks, by tasks of all sizes, give the same bits. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 11, 16, 29})
  void anyTasksGiveTheSameBits(int ranks) {
    var random = new Random(ranks);
    var values = new float[ranks][LENGTH];
    for (float[] own : values) {
      for (int i = 0; i < LENGTH; i++) {
        own[i] = (float) random.nextGaussian();
      }
    }
    float[] expected = sum(values, 0, ranks);
    for (int draw = 0; draw < 50; draw++) {
      var all = new ArrayList<PartialSum>();
      for (int first = 0; first < ranks; ) {
        int end = first + 1 + random.nextInt(ranks - first);
        for (var node : task(new Ranks(ranks, first, end - first, 0, 1), values)) {
          PartialSum.push(all, node, LENGTH, ranks);
        }
        first = end;
      }
      assertEquals(1, all.size());
      var root = all.getFirst();
      for (int i = 0; i < LENGTH; i++) {
        assertEquals(expected[i], root.values()[root.at() + i]);
      }
    }
  }

  /** What a task gives, in two steps: the first one's arrays are used again. */
  private static Iterable<PartialSum> task(Ranks ranks, float[][] values) {
    var sums = new RankSums(ranks);
    for (int step = 0; step < 2; step++) {
      sums.clear();
      for (int rank = ranks.first(); rank < ranks.first() + ranks.own(); rank++) {
        float[] given = values[rank].clone();
        var _ = sums.add(rank, ArrayPart.whole(given));
        if (rank < ranks.first() + ranks.own() - 1) {
          // The caller computes the next rank in the same array.
          given[0] = Float.NaN;
        }
      }
    }
    return sums.of(0);
  }

  /** By its definition: the largest power of two of the ranks that leaves some, and the rest. */
  private static float[] sum(float[][] values, int first, int end) {
    if (end - first == 1) {
      return values[first].clone();
    }
    int half = 1;
    while (2 * half < end - first) {
      half *= 2;
    }
    float[] left = sum(values, first, first + half);
    float[] right = sum(values, first + half, end);
    for (int i = 0; i < LENGTH; i++) {
      left[i] += right[i];
    }
    return left;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 7})
  void valuesStayInTheirPlaces(int ranks) {
    var sums = new RankSums(Ranks.alone(ranks));
    for (int rank = 0; rank < ranks; rank++) {
      var _ = sums.add(rank, new ArrayPart(new float[] {9, 1, 2, 9}, 1, 3));
    }
    var sum = sums.of(0).getFirst();
    assertArrayEquals(
        new float[] {ranks, 2 * ranks},
        new float[] {sum.values()[sum.at()], sum.values()[sum.at() + 1]});
  }
}
