package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import stride.compute.Step;

final class StagesTest {
  private static final Step.Samples SAMPLES = new Step.Samples((from, to, worker) -> {});
  private static final Step.Tasks TASKS = Step.once((task, samples, worker) -> {});

  /** Each phase's stage, with a star where threads share out parts of samples. */
  private static List<String> stages(int batch, int threads, Step.Phase... phases) {
    var stages = new Stages(0, batch, threads);
    stages.add(0, List.of(phases));
    return stages.entries().stream()
        .map(entry -> entry.stage() + (entry.inParts() ? "*" : ""))
        .toList();
  }

  private static Step.Pixels pixels(int perSample, int floats) {
    return new Step.Pixels(perSample, floats, (from, to, worker) -> {});
  }

  private static Step.Rows rows(int perSample, int floats) {
    return new Step.Rows(perSample, floats, (sample, from, to, worker) -> {});
  }

  @Test
  void largePhasesOfTooFewSamplesAreSharedOutInParts() {
    assertEquals(
        List.of("0", "1*", "2*", "3", "4", "5*"),
        stages(1, 2, SAMPLES, pixels(100, 1000), rows(100, 1000), SAMPLES, TASKS, rows(50, 10000)));
  }

  @Test
  void neighboursOfAsManyPixelsHaveNoBarrierBetweenThem() {
    assertEquals(
        List.of("0*", "0*", "0*", "1*", "1*"),
        stages(
            1,
            2,
            pixels(100, 1000),
            pixels(100, 1),
            pixels(100, 500),
            pixels(200, 500),
            pixels(200, 500)));
  }

  /** A row reads pixels that other threads may not have written yet. */
  @Test
  void aPhaseOfRowsWaitsForThePixelsBeforeIt() {
    assertEquals(
        List.of("0*", "1*", "2*", "3"),
        stages(1, 2, pixels(100, 1000), rows(100, 1000), pixels(100, 1000), rows(100, 1)));
  }

  @Test
  void smallPhasesStayOnOneThread() {
    assertEquals(List.of("0", "0", "0"), stages(1, 2, pixels(49, 160), SAMPLES, rows(1, 1 << 20)));
  }

  @Test
  void enoughSamplesForAllThreadsStayInOneChain() {
    for (int batch : new int[] {2, 4, 5, 16}) {
      assertEquals(
          List.of("0", "0", "0", "1"),
          stages(batch, 2, SAMPLES, pixels(100, 1000), rows(100, 1000), TASKS));
    }
    assertEquals(List.of("0*", "1*"), stages(3, 2, pixels(100, 1000), rows(100, 1000)));
    assertEquals(List.of("0", "0"), stages(1, 1, pixels(100, 1000), rows(100, 1000)));
  }
}
