package stride.app.console;

import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * One line of the terminal, written again and again.
 *
 * @param console whose stderr it is on
 */
public record TerminalLine(Console console) implements ProgressBarConsumer {
  @Override
  public int getMaxRenderedLength() {
    // The last column stays free: some terminals wrap when it is written to.
    return console.terminal().width() - 1;
  }

  @Override
  public void accept(String text) {
    console.err().print("\r" + text);
    console.err().flush();
  }

  @Override
  public void close() {
    console.err().println();
    console.err().flush();
  }
}
