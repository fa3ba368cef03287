package stride.app.training;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;
import stride.app.console.Console;
import stride.app.console.Figures;
import stride.app.console.TerminalLine;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Evaluation;
import stride.train.Progress;

/** Shows on stderr how a training goes: a bar on a terminal, else a line for each epoch. */
final class TrainingProgress implements Callback, AutoCloseable {
  private static final int UPDATE_MILLIS = 100;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final double MEMORY_SECONDS = 3;
  private static final int SHORTEST_BAR = 8;
  private static final int LONGEST_BAR = 40;

  private final Console console;
  private @Nullable ProgressBar bar;
  private int epochs;
  private int imagesPerEpoch;
  private long began;

  /**
   * The images of all epochs that are done, when that was last reckoned, and how fast they went.
   */
  private long done;

  private long reckoned;
  private double imagesPerSecond;
  private double testSeconds;
  private volatile Moment now = new Moment(1, 0, 0, 0, -1, -1);

  TrainingProgress(Console console) {
    this.console = console;
  }

  /**
   * What there is to show.
   *
   * @param epoch counted from 1
   * @param speed images a second; 0 before it is known
   * @param accuracy NaN if it is not measured
   * @param test the accuracy on the test images after the last epoch, or the average precision at
   *     an overlap of a half; below 0 before there is one
   * @param left seconds to the end; below 0 before that is known, and at the end
   */
  private record Moment(
      int epoch, double loss, double accuracy, double speed, double test, double left) {

    /** "loss 0.0712, 97.91 % right (test 98.60 %), 21,400 images/s, 0:23 left". */
    String text(boolean withTest) {
      return Figures.format(
          "loss %s%s%s%s%s",
          Figures.loss(loss),
          Double.isNaN(accuracy) ? "" : Figures.format(", %.2f %% right", 100 * accuracy),
          test < 0 || !withTest
              ? ""
              : Figures.format(
                  Double.isNaN(accuracy) ? ", test AP50 %.2f %%" : " (test %.2f %%)", 100 * test),
          speed == 0 ? "" : Figures.format(", %,.0f images/s", speed),
          left < 0 ? "" : ", " + Figures.clock(left) + " left");
    }
  }

  @Override
  public void begin(Progress progress) {
    epochs = progress.epochs();
    imagesPerEpoch = progress.samplesPerEpoch();
    done = (long) progress.epoch() * imagesPerEpoch + progress.samples();
    began = System.nanoTime();
    reckoned = began;
    now = new Moment(progress.epoch() + 1, progress.loss(), progress.accuracy(), 0, -1, -1);
    if (done == images()) {
      return;
    }
    if (done > 0) {
      console.note(
          progress.step() == 0
              ? Figures.format("going on after epoch %d", progress.epoch())
              : Figures.format(
                  "going on after step %,d of epoch %d", progress.step(), progress.epoch() + 1));
    }
    if (console.terminal().present()) {
      bar =
          new ProgressBarBuilder()
              .setInitialMax(images())
              .startsFrom(done, Duration.ZERO)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setRenderer(this::render)
              .setConsumer(new TerminalLine(console))
              .build();
    }
  }

  private long images() {
    return (long) epochs * imagesPerEpoch;
  }

  @Override
  public void step(Progress progress) {
    long time = System.nanoTime();
    if (bar == null || time - reckoned < UPDATE_MILLIS * 1_000_000L) {
      return;
    }
    long total = (long) progress.epoch() * imagesPerEpoch + progress.samples();
    double seconds = (time - reckoned) * 1e-9;
    double speed = (total - done) / seconds;
    // The last seconds count most: the first steps are slow, while the JVM compiles them.
    imagesPerSecond +=
        (speed - imagesPerSecond)
            * (imagesPerSecond == 0 ? 1 : seconds / (seconds + MEMORY_SECONDS));
    done = total;
    reckoned = time;
    now =
        new Moment(
            progress.epoch() + 1,
            progress.loss(),
            progress.accuracy(),
            imagesPerSecond,
            now.test(),
            time - began < WARM_UP_NANOS ? -1 : secondsLeft(progress.epoch()));
    bar.stepTo(done);
  }

  @Override
  public void epoch(EpochResult result) {
    var test = result.test();
    if (test != null) {
      testSeconds = test.seconds();
    }
    done = (long) result.epoch() * imagesPerEpoch;
    double seconds = Math.max(result.seconds(), 1e-9);
    if (bar == null) {
      imagesPerSecond = imagesPerEpoch / seconds;
    }
    now =
        new Moment(
            result.epoch(),
            result.loss(),
            result.accuracy(),
            result.samples() / seconds,
            test == null ? -1 : quality(test),
            done == images() || imagesPerSecond == 0 ? -1 : secondsLeft(result.epoch()));
    reckoned = System.nanoTime();
    if (bar == null) {
      console.note(epochOf(now) + ": " + now.text(true));
    } else {
      bar.stepTo(done);
    }
  }

  private static double quality(Evaluation test) {
    return test.metrics().getOrDefault("accuracy", test.metrics().getOrDefault("ap50", -1.0));
  }

  /** The time for the images that are left, and for the tests after each epoch. */
  private double secondsLeft(int epochsDone) {
    return (images() - done) / imagesPerSecond + (epochs - epochsDone) * testSeconds;
  }

  private String epochOf(Moment moment) {
    return Figures.format(
        "epoch %" + Integer.toString(epochs).length() + "d/%d", moment.epoch(), epochs);
  }

  /** "epoch 3/12 ━━━━━─────── loss 0.0712, 97.91 % right, 21,400 images/s, 0:23 left". */
  private String render(ProgressState state, int width) {
    var moment = now;
    String before = epochOf(moment) + " ";
    String behind = moment.speed() == 0 ? " starting" : " " + moment.text(true);
    if (width - before.length() - behind.length() < SHORTEST_BAR && moment.speed() != 0) {
      behind = " " + moment.text(false);
    }
    int room = Math.min(LONGEST_BAR, width - before.length() - behind.length());
    String line = before + (room < SHORTEST_BAR ? "" : bar(room, state.getCurrent())) + behind;
    // Spaces wipe out what a longer line has left.
    return line.length() > width
        ? line.substring(0, width)
        : line + " ".repeat(width - line.length());
  }

  private String bar(int room, long done) {
    int full = (int) (room * done / images());
    return console.terminal().unicode()
        ? "━".repeat(full) + "─".repeat(room - full)
        : "#".repeat(full) + ".".repeat(room - full);
  }

  @Override
  public void end(Progress progress, Ending ending) {
    close();
  }

  /** Leaves the bar as it is and the cursor below it. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
