package stride.app.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the command line again, in a JVM that has the Vector API. The launchers start commands
 * that usually have little to compute without it, which saves half of the time until they run, and
 * only a command itself knows how much there is.
 */
final class Relaunch {
  /** The launcher's own file; it sets this where the JVM has no Vector API. */
  private static final String LAUNCHER = "stride.launcher";

  /** Tells the launcher to start a JVM that has it. */
  private static final String VECTORS = "STRIDE_VECTORS";

  private Relaunch() {}

  /** Whether a launcher started this JVM without the Vector API. */
  static boolean isPossible() {
    return System.getProperty(LAUNCHER) != null;
  }

  /**
   * Runs the command line and waits for its end.
   *
   * @return its exit status
   */
  static int withVectorKernels(List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(System.getProperty(LAUNCHER));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put(VECTORS, "1");
    var process = builder.start();
    var end = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(end);
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      return 1;
    } finally {
      forget(end);
    }
  }

  private static void forget(Thread end) {
    try {
      Runtime.getRuntime().removeShutdownHook(end);
    } catch (IllegalStateException e) {
      // Ctrl-C has ended both: this JVM is on its way out, and its hooks run.
    }
  }
}
