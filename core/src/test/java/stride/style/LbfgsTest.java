package stride.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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
  void aMemoryThatLeadsNowhereIsForgottenAndTheGradientIsFollowed() {
    try (var engine = Engine.withThreads(1)) {
      var x = new float[] {-1.2f, 1, -0.5f, 2};
      var without = new int[1];
      var lbfgs =
          new Lbfgs(
              engine, (at, gradient) -> without[0]-- > 0 ? Double.NaN : valley(at, gradient), x, 8);
      lbfgs.step();
      lbfgs.step();
      double before = lbfgs.step();
      var from = x.clone();
      var gradient = new float[4];
      valley(from, gradient);
      // All that is tried along the direction of the memory has no value.
      without[0] = 12;
      assertTrue(lbfgs.step() < before, "no step from a loss of " + before);
      double length = (from[0] - (double) x[0]) / gradient[0];
      assertTrue(length > 0, "length " + length);
      for (int i = 1; i < 4; i++) {
        assertEquals(length * gradient[i], from[i] - (double) x[i], 1e-5, "x" + i);
      }
    }
  }

  @Test
  void theEndIsSaidAndNothingIsComputedAfterIt() {
    try (var engine = Engine.withThreads(1)) {
      var x = new float[] {2, -3};
      var seen = new ArrayList<Double>();
      var lbfgs =
          new Lbfgs(
              engine,
              (at, gradient) -> {
                gradient[0] = at[0];
                gradient[1] = at[1];
                double loss = 1 + ((double) at[0] * at[0] + (double) at[1] * at[1]) / 2;
                seen.add(loss);
                return loss;
              },
              x,
              4);
      double loss = 0;
      for (int step = 0; step < 50 && !lbfgs.ended(); step++) {
        loss = lbfgs.step();
      }
      assertTrue(lbfgs.ended(), "50 steps, and no end at x = " + x[0]);
      assertEquals(1, loss, 1e-9);
      assertEquals(loss, seen.getLast(), "the last value that the function saw is x's");
      int count = seen.size();
      assertEquals(loss, lbfgs.step());
      assertEquals(count, seen.size());
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

  /** The bits of a painting depend on it, and must not on the memory of the machine. */
  @Test
  void itRemembersAsManyStepsAsTheVectorIsSmall() {
    assertEquals(30, Lbfgs.memoryFor(3 * 100_000));
    assertEquals(20, Lbfgs.memoryFor(3 * 400_000));
    assertEquals(5, Lbfgs.memoryFor(3 * 3_500_000));
  }
}
