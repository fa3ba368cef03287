package stride.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  /** The factors of torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1, total_steps=n). */
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

  /** PyTorch's cycle of one step has the rate of its end, which teaches nothing. */
  @Test
  void aTrainingOfOneStepHasTheFullRate() {
    for (var schedule :
        List.of(
            Schedule.constant(),
            Schedule.cosine(),
            Schedule.oneCycle(),
            Schedule.step(0.1, 0.3),
            Schedule.multiStep(0.1, 0.5, 0.75),
            Schedule.plateau(0.1, 1))) {
      assertEquals(1, schedule.factor(0, 1), schedule.toString());
      for (double part : List.of(0.0, 0.1, 0.5, 0.9, 0.999)) {
        assertEquals(1, schedule.warmUp(part).factor(0, 1), part + " to warm up, " + schedule);
      }
    }
    // However long the warm-up, one step is left.
    assertEquals(1, Schedule.constant().warmUp(0.999).factor(2, 3));
    assertEquals(0.01 + 0.99 / 2, Schedule.constant().warmUp(0.999).factor(1, 3), 1e-12);
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

  /** What tools/golden/training.py prints. */
  @Test
  void stepsAndMilestonesArePyTorchs() {
    assertRates(Schedule.step(0.5, 3 / 10.0), 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125);
    assertRates(
        Schedule.multiStep(0.1, 3 / 10.0, 6 / 10.0, 7 / 10.0),
        1,
        1,
        1,
        0.1,
        0.1,
        0.1,
        0.01,
        0.001,
        0.001,
        0.001);
    assertRates(
        Schedule.multiStep(0.1, 3 / 8.0, 5 / 8.0).warmUp(4 / 12.0),
        0.01,
        0.2575,
        0.505,
        0.7525,
        1,
        1,
        1,
        0.1,
        0.1,
        0.01,
        0.01,
        0.01);
    assertRates(
        Schedule.cosine().warmUp(2 / 10.0),
        0.01,
        0.505,
        1,
        0.950484434,
        0.811744901,
        0.611260467,
        0.388739533,
        0.188255099,
        0.049515566,
        0);
  }

  /** A point that is rounded up must not come a step later: thirds of many numbers of steps. */
  @Test
  void milestonesComeAtTheirStep() {
    for (int epochs = 3; epochs < 400; epochs += 3) {
      for (int steps = 1; steps < 50; steps += 7) {
        var schedule = Schedule.multiStep(0.1, 1 / 3.0);
        long all = (long) epochs * steps;
        assertEquals(1, schedule.factor(all / 3 - 1, all), epochs + " epochs");
        assertEquals(0.1, schedule.factor(all / 3, all), epochs + " epochs");
      }
    }
  }

  /** What tools/golden/training.py prints. */
  @Test
  void aPlateauIsPyTorchs() {
    double[] losses = {5, 4, 4, 3.9999, 4.1, 3, 3, 3, 3, 3, 2.9, 3, 3, 3};
    double[] rates = {1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25};
    var done = new ArrayList<EpochResult>();
    for (int epoch = 0; epoch < losses.length; epoch++) {
      assertEquals(rates[epoch], Schedule.plateau(0.5, 2).factorAfter(done), "epoch " + epoch);
      assertEquals(
          rates[epoch], Schedule.plateau(0.5, 2).warmUp(0.1).factorAfter(done), "behind a warm-up");
      var test = new Evaluation(Map.of(), 1, 0, losses[epoch]);
      done.add(new EpochResult(epoch + 1, 0, Map.of(), 0, epoch % 2 == 0 ? test : null, 0, 1));
      if (epoch % 2 == 1) {
        done.set(epoch, new EpochResult(epoch + 1, losses[epoch], Map.of(), 0, null, 0, 1));
      }
    }
  }

  private static void assertRates(Schedule schedule, double... rates) {
    for (int step = 0; step < rates.length; step++) {
      assertEquals(rates[step], schedule.factor(step, rates.length), 1e-6, "step " + step);
    }
  }

  @Test
  void constantStays() {
    assertEquals(1, Schedule.constant().factor(0, 10));
    assertEquals(1, Schedule.constant().factor(9, 10));
  }
}
