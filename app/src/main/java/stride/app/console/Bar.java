package stride.app.console;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar in one line on stderr; nothing where that is no terminal. */
public final class Bar implements AutoCloseable {
  private static final int UPDATE_MILLIS = 100;

  private final @Nullable ProgressBar bar;

  /**
   * Begins at 0.
   *
   * @param title what is done
   * @param total how much there is to do; -1 if unknown
   * @param unit what is counted: " MB"
   * @param size how much of it is one unit
   */
  public Bar(Console console, String title, long total, String unit, long size) {
    bar =
        console.terminal().present()
            ? new ProgressBarBuilder()
                .setTaskName(title)
                .setInitialMax(total)
                .setUnit(unit, size)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setStyle(
                    console.terminal().unicode()
                        ? ProgressBarStyle.UNICODE_BLOCK
                        : ProgressBarStyle.ASCII)
                .setConsumer(new TerminalLine(console))
                .build()
            : null;
  }

  /** So much is done. */
  public void at(long done) {
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  /** Leaves the bar as it is and the cursor below it. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
