package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ScheduleTest {
  /** What torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1, total_steps=n) gives. */
  @Test
  void oneCycleIsPyTorchs() {
    assertOneCycle(0.811745654, 4e-6);
    assertOneCycle(0.994415435, 0.462637103, 4e-6);
    assertOneCycle(0.04, 0.811745654, 0.283060998, 4e-6);
    assertOneCycle(
        0.04,
        0.52,
        1,
        0.950484632,
        0.811745654,
        0.611262022,
        0.388741978,
        0.188258346,
        0.049519368,
        4e-6);
    assertOneCycle(
        0.04,
        0.422341114,
        0.960261425,
        0.979746568,
        0.884475725,
        0.726087049,
        0.530582708,
        0.330058029,
        0.157432513,
        0.0410455432,
        4e-6);
  }

  private static void assertOneCycle(double... rates) {
    for (int step = 0; step < rates.length; step++) {
      assertEquals(
          rates[step],
          Schedule.oneCycle().factor(step, rates.length),
          1e-8,
          "step %d of %d".formatted(step, rates.length));
    }
  }

  @Test
  void oneCycleRisesAndFallsOnce() {
    int steps = 11_000;
    int top = 3299;
    for (int step = 1; step < steps; step++) {
      double before = Schedule.oneCycle().factor(step - 1, steps);
      double after = Schedule.oneCycle().factor(step, steps);
      assertTrue(step <= top ? after > before : after < before, "step " + step);
    }
    assertEquals(1, Schedule.oneCycle().factor(top, steps), 1e-12);
  }

  @Test
  void cosineFallsFromOneToZero() {
    assertEquals(1, Schedule.cosine().factor(0, 101));
    assertEquals(0.5 * (1 + Math.sqrt(0.5)), Schedule.cosine().factor(25, 101), 1e-12);
    assertEquals(0.5, Schedule.cosine().factor(50, 101), 1e-12);
    assertEquals(0, Schedule.cosine().factor(100, 101), 1e-12);
    assertEquals(1, Schedule.cosine().factor(0, 1));
  }

  @Test
  void constantStays() {
    assertEquals(1, Schedule.constant().factor(0, 10));
    assertEquals(1, Schedule.constant().factor(9, 10));
  }
}
