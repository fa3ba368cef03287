package stride.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code stride} command. */
@Command(
    name = "stride",
    mixinStandardHelpOptions = true,
    description = "Convolutional networks for the JVM, in pure Java.")
public final class Main implements Runnable {
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
