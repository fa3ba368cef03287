package stride.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class StopwatchTest {
  private int steps;
  private long now;
  private long allocated;

  /** A stopwatch on a clock that only the steps move, each by so many seconds. */
  private Stopwatch stopwatch(IntToDoubleFunction seconds) {
    return new Stopwatch(
        () -> now += Math.round(1e9 * seconds.applyAsDouble(steps++)), () -> now, () -> allocated);
  }

  @Test
  void aLongStepIsTimedTenTimesAndAShortOneForThreeSeconds() {
    assertEquals(10, stopwatch(i -> 7).time().steps());
    assertEquals(300, stopwatch(i -> 0.01).time().steps());
  }

  @Test
  void aStepThatTakesNextToNothingIsNotTimedForThreeSeconds() {
    assertEquals(65_536, stopwatch(i -> 1e-6).time().steps());
    assertEquals(70_000, stopwatch(i -> 1e-6).time(70_000).steps());
  }

  @Test
  void tellsWhatAStepAllocates() {
    var stopwatch =
        stopwatch(
            i -> {
              allocated += i % 4 == 0 ? 10 : 0;
              return 1;
            });
    assertEquals(3, stopwatch.time(8).allocatedBytes(), "20 bytes in 8 steps");
    assertEquals(0, stopwatch(i -> 1).time(8).allocatedBytes());
  }

  @Test
  void nothingIsAllocatedByTheStopwatchItself() {
    var stopwatch = new Stopwatch(() -> {});
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 100 && least > 0; i++) {
      least = Math.min(least, stopwatch.time(1000).allocatedBytes());
    }
    assertEquals(0, least);
  }

  @Test
  void timesAsManyStepsAsItIsTold() {
    assertEquals(1, stopwatch(i -> 1e-6).time(1).steps());
    assertEquals(4, stopwatch(i -> 100).time(4).steps());
    assertEquals(5, steps);
  }

  @Test
  void warmsUpForThreeStepsAndThreeSecondsAtLeast() {
    stopwatch(i -> 20).warmUp();
    assertEquals(3, steps);
    steps = 0;
    stopwatch(i -> 0.25).warmUp();
    assertEquals(12, steps);
  }

  @Test
  void warmsUpUntilTheStepsAreSteady() {
    stopwatch(i -> i < 6 ? 10 - i : 4).warmUp();
    assertEquals(8, steps, "10 9 8 7 6 5 4 4");
  }

  @Test
  void doesNotWarmUpForEver() {
    stopwatch(i -> i % 2 + 1).warmUp();
    assertEquals(12, steps);
  }

  @Test
  void aTimingIsTheMedianTheFastestAndTheMiddleHalf() {
    assertEquals(new Timing(5, 3, 1, 2, 7), Timing.of(7, 5, 1, 4, 2, 3));
    assertEquals(new Timing(4, 2.5, 1, 1.5, 0), Timing.of(0, 4, 3, 2, 1));
    assertEquals(new Timing(1, 7, 7, 0, 0), Timing.of(0, 7));
    assertEquals(new Timing(6, 1, 1, 0, 0), Timing.of(0, 1, 1, 1, 1, 1, 99));
    assertThrows(IllegalArgumentException.class, () -> Timing.of(0));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void linuxTellsThePeakOfMemory() {
    double peak = PeakMemory.megabytes();
    assertTrue(peak > 10 && peak < 1 << 20, () -> "found " + peak);
  }

  @Test
  void elsewhereNobodyKnowsThePeakOfMemory(@TempDir Path folder) throws Exception {
    assertNull(PeakMemory.megabytes(folder.resolve("missing")));
    var other = Files.writeString(folder.resolve("other"), "Name:\tjava\nVmRSS:\t   17 kB\n");
    assertNull(PeakMemory.megabytes(other));
    var status = Files.writeString(folder.resolve("status"), "VmPeak:\t 9 kB\nVmHWM:\t  2560 kB\n");
    assertEquals(2.5, PeakMemory.megabytes(status));
  }
}
