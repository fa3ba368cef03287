package stride.train.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.train.EpochResult;
import stride.train.Evaluation;
import stride.train.Progress;

/** Events against those that TensorBoard's own classes write (tools/golden/events.py). */
final class TensorBoardLogTest {
  private static final EpochResult FIRST =
      new EpochResult(1, 2.25, Map.of("accuracy", 0.1), 0.05, null, 2, 100);
  private static final EpochResult SECOND =
      new EpochResult(
          300,
          1.75,
          Map.of("accuracy", 0.5),
          0.0125,
          new Evaluation(Map.of("accuracy", 0.625), 8, 1, 1.5),
          1,
          100);

  @TempDir private Path folder;
  private TensorBoardLog log;
  private byte[] expected;

  @BeforeEach
  void begin() throws IOException {
    log = new TensorBoardLog(file(), InstantSource.fixed(Instant.ofEpochMilli(1_000_500)));
    try (var golden =
        Objects.requireNonNull(getClass().getResourceAsStream("/stride/train/events.tfevents"))) {
      expected = golden.readAllBytes();
    }
  }

  private Path file() {
    return folder.resolve("events.tfevents");
  }

  private static Progress behind(EpochResult... history) {
    return (Progress)
        Proxy.newProxyInstance(
            Progress.class.getClassLoader(),
            new Class<?>[] {Progress.class},
            (_, method, _) -> {
              assertEquals("history", method.getName());
              return List.of(history);
            });
  }

  @Test
  void theBytesAreTensorBoards() throws IOException {
    log.begin(behind());
    log.epoch(FIRST);
    log.epoch(SECOND);
    assertArrayEquals(expected, Files.readAllBytes(file()));
  }

  @Test
  void aResumedTrainingHasNoStepTwiceAndNoHalfRecord() throws IOException {
    Files.write(file(), new byte[500]);
    log.begin(behind(FIRST));
    log.epoch(SECOND);
    byte[] resumed = Files.readAllBytes(file());
    assertEquals(expected.length, resumed.length);
    // Only the times differ before the last event, and those are in the first two.
    int last = expected.length / 2;
    for (int i = last; i < expected.length; i++) {
      assertEquals(expected[i], resumed[i], "byte " + i);
    }
  }
}
