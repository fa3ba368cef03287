package stride.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterModelTest {
  /** A million weights, 10 Gbit/s, 0.1 ms, worked out by hand. */
  @Test
  void anExchangeOfTwoAndOfFour() {
    var model = new ClusterModel(0.1, 0, 1_000_000, 1e-9, 1.25e9, 1e-4);
    assertEquals(0.1, model.seconds(1));
    // Twice 2 MB at 1.25 GB/s are 3.2 ms, twice 0.1 ms and 0.01 ms, and 1 ms of software.
    assertEquals(0.1 + 0.0032 + 0.00022 + 0.001, model.seconds(2), 1e-12);
    // Twice 3 MB are 4.8 ms.
    assertEquals(0.0048 + 0.0002 + 0.00006 + 0.001, model.exchange(4), 1e-12);
    assertEquals(0.1 / model.seconds(4), model.efficiency(4), 1e-12);
  }

  /** The largest of many normally distributed numbers, drawn. */
  @ParameterizedTest
  @ValueSource(ints = {16, 128, 1024})
  void theSlowestWorkerIsAwaited(int workers) {
    var random = new Random(1);
    double sum = 0;
    for (int draw = 0; draw < 2000; draw++) {
      double slowest = 0;
      for (int i = 0; i < workers; i++) {
        slowest = Math.max(slowest, 1 + 0.1 * random.nextGaussian());
      }
      sum += slowest / 2000;
    }
    double said = new ClusterModel(1, 0.1349, 0, 0, 1, 0).computation(workers);
    assertTrue(said >= sum && said < sum + 0.07, said + " for " + sum);
  }
}
