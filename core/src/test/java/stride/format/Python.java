package stride.format;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Debian's Python where it has PyTorch. */
final class Python {
  private static final Path PYTHON = Path.of("/usr/bin/python3");
  private static final Path TORCH = Path.of("/usr/lib/python3/dist-packages/torch");

  private Python() {}

  /** What a script prints; without PyTorch the test is skipped with a message. */
  static String withTorch(String script, String... arguments) throws Exception {
    assumeTrue(
        Files.exists(PYTHON) && Files.exists(TORCH), "skipped: python3-torch is not installed");
    var command = new ArrayList<>(List.of(PYTHON.toString(), "-c", script));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "Python did not end: " + said);
    assertTrue(process.exitValue() == 0, said);
    return said;
  }
}
