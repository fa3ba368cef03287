package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LauncherTest {
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there, stride.cmd takes its place")
  void passesItsOwnTest() throws Exception {
    var script = Path.of("../tools/launcher-test");
    var test = new ProcessBuilder("sh", script.toString()).redirectErrorStream(true).start();
    test.getOutputStream().close();
    var said = new String(test.getInputStream().readAllBytes());
    assertEquals(0, test.waitFor(), said);
  }
}
