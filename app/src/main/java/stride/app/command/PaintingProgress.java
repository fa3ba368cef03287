package stride.app.command;

import java.io.IOException;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.TerminalLine;
import stride.style.StyleSettings;
import stride.style.StyleTransfer.Progress;

/** Shows on stderr how a painting goes: one line on a terminal, else a line for each size. */
final class PaintingProgress implements AutoCloseable {
  private static final int UPDATE_MILLIS = 100;

  /** How much more a step takes than one of the size before. */
  private static final double LARGER = 4;

  private final Console console;
  private final @Nullable ProgressBar bar;
  private long began = System.nanoTime();
  private int steps;
  private volatile String line = "starting";

  /** Whether a picture on the way could not be written, which is said once. */
  private boolean failed;

  PaintingProgress(Console console, StyleSettings settings) {
    this.console = console;
    bar =
        console.terminal().present()
            ? new ProgressBarBuilder()
                .setInitialMax((long) settings.scales() * settings.steps())
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setRenderer((_, width) -> render(width))
                .setConsumer(new TerminalLine(console))
                .build()
            : null;
  }

  /** What is done on the way, and whose failure is no reason to lose the painting. */
  interface Attempt {
    void run() throws IOException;
  }

  /** A step was made. */
  void at(Progress progress) {
    steps++;
    if (progress.step() == 1) {
      began = System.nanoTime();
    }
    double each = (System.nanoTime() - began) * 1e-9 / Math.max(1, progress.step() - 1);
    double left = each * (progress.steps() - progress.step());
    for (int scale = progress.scale() + 1; scale <= progress.scales(); scale++) {
      each *= LARGER;
      left += each * progress.steps();
    }
    var losses = progress.losses();
    String what =
        Figures.format(
            "%sstep %d/%d: content %s, style %s",
            progress.scales() == 1
                ? ""
                : Figures.format("size %d/%d, ", progress.scale(), progress.scales()),
            progress.step(),
            progress.steps(),
            Figures.loss(losses.content()),
            Figures.loss(losses.style()));
    line = progress.step() < 3 || left == 0 ? what : what + ", " + Figures.clock(left) + " left";
    if (bar != null) {
      bar.stepTo(steps);
    } else if (progress.step() == progress.steps()) {
      console.note(what);
    }
  }

  /** Writes a picture on the way; a failure is said, and the painting goes on. */
  void tried(Attempt attempt) {
    try {
      attempt.run();
    } catch (IOException e) {
      if (!failed) {
        console.note("the painting goes on without this picture: " + Failures.sentence(e));
      }
      failed = true;
    }
  }

  private String render(int width) {
    String text = line;
    return text.length() > width
        ? text.substring(0, width)
        : text + " ".repeat(width - text.length());
  }

  /** Leaves the line as it is and the cursor below it. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
