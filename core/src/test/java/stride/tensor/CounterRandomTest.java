package stride.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import org.junit.jupiter.api.Test;

final class CounterRandomTest {
  /** A saved seed must give the same training run in every later version. */
  @Test
  void sameNumbersGiveTheSameBitsForEver() {
    assertEquals(2391539541053276776L, CounterRandom.bits(0, 0, 0, 0));
    assertEquals(-1110752159796286801L, CounterRandom.bits(1, 2, 3, 4));
  }

  @Test
  void everyArgumentMatters() {
    var seen = new HashSet<Long>();
    for (int seed = 0; seed < 12; seed++) {
      for (int a = 0; a < 12; a++) {
        for (int b = 0; b < 12; b++) {
          for (int c = 0; c < 12; c++) {
            assertTrue(
                seen.add(CounterRandom.bits(seed, a, b, c)),
                "repeated at %d %d %d %d".formatted(seed, a, b, c));
          }
        }
      }
    }
  }

  @Test
  void neighbouringCountersDifferInHalfOfTheirBits() {
    long[] changed = new long[4];
    int trials = 4_000;
    for (int i = 0; i < trials; i++) {
      long bits = CounterRandom.bits(i, i, i, i);
      changed[0] += Long.bitCount(bits ^ CounterRandom.bits(i + 1, i, i, i));
      changed[1] += Long.bitCount(bits ^ CounterRandom.bits(i, i + 1, i, i));
      changed[2] += Long.bitCount(bits ^ CounterRandom.bits(i, i, i + 1, i));
      changed[3] += Long.bitCount(bits ^ CounterRandom.bits(i, i, i, i + 1));
    }
    for (long c : changed) {
      assertEquals(32, c / (double) trials, 0.4);
    }
  }

  @Test
  void uniformNumbersAreUniformInTheHalfOpenUnitInterval() {
    var histogram = new int[10];
    double sum = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      float u = CounterRandom.uniform(CounterRandom.bits(7, 1, 2, i));
      assertTrue(u >= 0 && u < 1);
      histogram[(int) (u * 10)]++;
      sum += u;
    }
    assertEquals(0.5, sum / n, 0.004);
    for (int count : histogram) {
      assertEquals(n / 10f, count, 500);
    }
    assertEquals(1 - 0x1p-24f, CounterRandom.uniform(-1L));
    assertEquals(0f, CounterRandom.uniform(0L));
  }

  @Test
  void integersStayBelowTheirBoundAndReachEveryValue() {
    var histogram = new int[7];
    for (int i = 0; i < 70_000; i++) {
      histogram[CounterRandom.below(CounterRandom.bits(7, 1, 3, i), 7)]++;
    }
    for (int count : histogram) {
      assertEquals(10_000, count, 500);
    }
    assertEquals(
        Integer.MAX_VALUE - 1,
        CounterRandom.below(-1L, Integer.MAX_VALUE),
        "no overflow at the top");
  }
}
