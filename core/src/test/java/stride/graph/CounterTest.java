package stride.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A float alone stands still at 2^24. */
final class CounterTest {
  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        (1 << 24) - 2,
        (1 << 24) - 1,
        1 << 24,
        (1 << 24) + 1,
        1L << 40,
        (1L << 48) - 9
      })
  void countsOnFromAnyNumber(long number) {
    float[] statistics = {-1, -1, -1};
    Counter.set(statistics, 1, number);
    assertEquals(number, Counter.value(statistics, 1));
    for (int i = 1; i < 5; i++) {
      Counter.increment(statistics, 1);
      assertEquals(number + i, Counter.value(statistics, 1));
    }
    assertEquals(-1, statistics[0], "what stands before it");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void whatIsBelow0Becomes0(long number) {
    float[] statistics = {5, 5};
    Counter.set(statistics, 0, number);
    assertEquals(0, Counter.value(statistics, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 48, Long.MAX_VALUE})
  void whatIsTooLargeBecomesTheLargest(long number) {
    float[] statistics = {5, 5};
    Counter.set(statistics, 0, number);
    assertEquals((1L << 48) - 1, Counter.value(statistics, 0));
  }
}
