package stride.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.app.bench.ClusterModel.Bucket;

final class ClusterModelTest {
  private static ClusterModel model(double spread, Bucket... buckets) {
    return new ClusterModel(0.1, spread, List.of(buckets), 1e-3, 1.25e9, 1e-4);
  }

  /** A million weights, 10 Gbit/s, 0.1 ms, worked out by hand. */
  @Test
  void anExchangeOfTwoAndOfFour() {
    var model = model(0, new Bucket(1_000_000, 0));
    assertEquals(0.1, model.seconds(1));
    // Twice 2 MB at 1.25 GB/s are 3.2 ms, twice 0.1 ms and 0.01 ms, and 1 ms of software.
    assertEquals(0.1 + 0.0032 + 0.00022 + 0.001, model.seconds(2), 1e-12);
    // Twice 3 MB are 4.8 ms, and software has half as much again to do.
    assertEquals(0.0048 + 0.0002 + 0.00006 + 0.0015, model.exchange(4), 1e-12);
    assertEquals(0.1 / model.seconds(4), model.efficiency(4), 1e-12);
  }

  /** Gradients that are final early are sent while the others are computed. */
  @Test
  void anExchangeIsHiddenBehindTheBackwardPass() {
    // Half a million weights are 1 MB and 0.81 ms; those that are final 2 ms before cost nothing.
    var half = new Bucket(500_000, 0);
    double weights = 0.0016 + 0.00001;
    double rest = 0.0002 + 0.001 + weights;
    assertEquals(rest + 0.00081, model(0, new Bucket(500_000, 2e-3), half).exchange(2), 1e-12);
    // Those that are final half a millisecond before hold up the others.
    assertEquals(
        rest + 0.00081 + 0.00031, model(0, new Bucket(500_000, 5e-4), half).exchange(2), 1e-12);
  }

  /** Rows of 32: 62 messages, not 1,023, and four waits for the network. */
  @Test
  void manyWorkersStandInRows() {
    double bytes = 4e6 * 1023 / 1024 / 1.25e9;
    double software = 1e-3 * 2 * 1023 / 1024;
    assertEquals(
        software + 4e-4 + 2 * (bytes + 0.00062),
        model(0, new Bucket(1_000_000, 0)).exchange(1024),
        1e-12);
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
    double said = new ClusterModel(1, 0.1349, List.of(), 0, 1, 0).computation(workers);
    assertTrue(said >= sum && said < sum + 0.07, said + " for " + sum);
  }
}
