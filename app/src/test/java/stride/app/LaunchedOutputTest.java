package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.network.Model;
import stride.zoo.Zoo;

/** The process's own stdout, stderr and stdin, when they cannot be used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher here is a shell script")
class LaunchedOutputTest {
  private Checkout checkout;

  @BeforeAll
  void checkOut(@TempDir Path temp) throws Exception {
    checkout = Checkout.in(temp);
  }

  @ParameterizedTest
  @ValueSource(strings = {"networks", "networks --json", "--help", "predict --help", "--version"})
  void aFullDiskIsAFailure(String command) throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "skipped: there is no /dev/full");
    checkout
        .run(Map.of(), "./stride %s >/dev/full".formatted(command))
        .failsWith(1, "cannot write stdout: the disk is full");
  }

  @ParameterizedTest
  @ValueSource(strings = {"networks", "networks --json", "--help"})
  void aReaderThatHasGoneIsNoSuccess(String command) throws Exception {
    var ended =
        checkout.run(
            Map.of(),
            "{ sleep 0.2; ./stride %s; echo \"status $?\" >&2; } | true".formatted(command));
    assertEquals("status 141\n", ended.err());
  }

  @Test
  void aClosedStdoutIsAFailure() throws Exception {
    checkout
        .run(Map.of(), "./stride networks >&-")
        .failsWith(1, "cannot write stdout: it is closed");
  }

  /** What is meant for stdout must not end up in a file that the command opens. */
  @ParameterizedTest
  @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"})
  void withClosedStreamsFilesAreWhole(String closed) throws Exception {
    Model.initialized(Zoo.find("lenet5").network(), 1)
        .save(checkout.folder().resolve("weights.safetensors"));
    var ended =
        checkout.run(
            Map.of(),
            """
            ./stride convert weights.safetensors model.safetensors %s
            echo "status $?"
            """
                .formatted(closed));
    boolean failed = closed.contains(" >&-") || closed.startsWith(">&-");
    assertTrue(ended.out().endsWith("status %d\n".formatted(failed ? 1 : 0)), ended::toString);
    Stride.run("inspect", checkout.folder().resolve("model.safetensors")).succeeds();
  }

  @Test
  void argumentsReachTheCommandAsTheyAre() throws Exception {
    var ended =
        checkout.run(
            Map.of(),
            """
            for name in '@photo.jpg' '=x.jpg' 'a b.jpg' '"q".jpg' '*.jpg' '$HOME.jpg' '%41.jpg'; do
              ./stride inspect "$name"
            done
            ./stride inspect -- -photo.jpg
            ./stride inspect -- @photo.jpg
            """);
    var lines = ended.err().lines().toList();
    assertEquals(9, lines.size(), ended::toString);
    for (String name : List.of("@photo", "=x", "a b", "\"q\"", "*", "$HOME", "%41", "-photo")) {
      assertTrue(
          ended.err().contains("stride: cannot read %s.jpg: there is no such file".formatted(name)),
          ended::toString);
    }
  }
}
