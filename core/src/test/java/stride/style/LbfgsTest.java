package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import stride.engine.Engine;

class LbfgsTest {
  /** Rosenbrock's valley, in each two neighbours. */
  private static double valley(float[] x, float[] gradient) {
    double sum = 0;
    for (int i = 0; i < x.length; i += 2) {
      double a = 1 - (double) x[i];
      double b = x[i + 1] - (double) x[i] * x[i];
      sum += a * a + 100 * b * b;
      gradient[i] = (float) (-2 * a - 400 * b * x[i]);
      gradient[i + 1] = (float) (200 * b);
    }
    return sum;
  }

  @Test
  void aCurvedValleyIsFollowedToItsEnd() {
    try (var engine = Engine.withThreads(2)) {
      var x = new float[] {-1.2f, 1, -0.5f, 2};
      var lbfgs = new Lbfgs(engine, LbfgsTest::valley, x, 8);
      double before = Double.POSITIVE_INFINITY;
      double loss = before;
      for (int step = 0; step < 80; step++) {
        loss = lbfgs.step();
        assertTrue(loss <= before, "step %d: %s after %s".formatted(step, loss, before));
        before = loss;
      }
      assertEquals(0, loss, 1e-8);
      assertArrayEquals(new float[] {1, 1, 1, 1}, x, 1e-3f);
    }
  }

  @Test
  void aStepToNoNumberIsNotMade() {
    try (var engine = Engine.withThreads(1)) {
      var x = new float[] {0.6f};
      // The minimum lies where the function has no value.
      var lbfgs =
          new Lbfgs(
              engine,
              (at, gradient) -> {
                gradient[0] = 1;
                return at[0] < 0.25f ? Double.NaN : at[0];
              },
              x,
              4);
      double loss = 1;
      for (int step = 0; step < 20; step++) {
        loss = lbfgs.step();
      }
      assertEquals(0.25, loss, 0.05);
      assertEquals(loss, x[0]);
    }
  }

  @Test
  void theBitsDoNotDependOnTheNumberOfThreads() {
    var results = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (var engine = Engine.withThreads(1 + 2 * i)) {
        var x = new float[200_000];
        for (int k = 0; k < x.length; k++) {
          x[k] = (float) Math.sin(k);
        }
        var lbfgs = new Lbfgs(engine, LbfgsTest::valley, x, 3);
        for (int step = 0; step < 8; step++) {
          lbfgs.step();
        }
        results[i] = x;
      }
    }
    assertArrayEquals(results[0], results[1]);
  }
}
