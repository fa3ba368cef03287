package stride.app;

import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;
import org.jspecify.annotations.Nullable;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Progress;

/** Shows on stderr how a training goes: a bar on a terminal, else a line for each epoch. */
final class TrainingProgress implements Callback, AutoCloseable {
  private static final int UPDATE_MILLIS = 100;
  private static final long WARM_UP_NANOS = 3_000_000_000L;
  private static final int SHORTEST_BAR = 8;
  private static final int LONGEST_BAR = 40;

  private final Console console;
  private @Nullable ProgressBar bar;
  private int epochs;
  private long steps;

  /** Steps that earlier processes did; the time left is reckoned from those of this one. */
  private long stepsBefore;

  private long began;
  private long epochBegan;
  private int samplesBefore;
  private long shownAt;
  private volatile Moment now = new Moment(1, 0, 0, 0, -1);

  TrainingProgress(Console console) {
    this.console = console;
  }

  /**
   * What the bar's own thread shows.
   *
   * @param epoch counted from 1
   * @param speed images a second in this epoch
   * @param test the accuracy on the test images after the last epoch; below 0 before there is one
   */
  private record Moment(int epoch, double loss, double accuracy, double speed, double test) {}

  @Override
  public void begin(Progress progress) {
    epochs = progress.epochs();
    steps = (long) epochs * progress.stepsPerEpoch();
    stepsBefore = (long) progress.epoch() * progress.stepsPerEpoch() + progress.step();
    samplesBefore = progress.samples();
    began = System.nanoTime();
    epochBegan = began;
    now = new Moment(progress.epoch() + 1, progress.loss(), progress.accuracy(), 0, -1);
    if (stepsBefore > 0 && stepsBefore < steps) {
      console.note(
          progress.step() == 0
              ? Figures.format("going on after epoch %d", progress.epoch())
              : Figures.format(
                  "going on after step %,d of epoch %d", progress.step(), progress.epoch() + 1));
    }
    if (console.terminal().present() && stepsBefore < steps) {
      bar =
          new ProgressBarBuilder()
              .setInitialMax(steps)
              .startsFrom(stepsBefore, Duration.ZERO)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setRenderer(this::render)
              .setConsumer(new Line())
              .build();
    }
  }

  @Override
  public void step(Progress progress) {
    long time = System.nanoTime();
    if (bar == null || time - shownAt < UPDATE_MILLIS * 1_000_000L) {
      return;
    }
    shownAt = time;
    double speed = (progress.samples() - samplesBefore) / ((time - epochBegan) * 1e-9);
    now = new Moment(progress.epoch() + 1, progress.loss(), progress.accuracy(), speed, now.test());
    bar.stepTo((long) progress.epoch() * progress.stepsPerEpoch() + progress.step());
  }

  @Override
  public void epoch(EpochResult result) {
    long done = steps / epochs * result.epoch();
    double speed = result.samples() / Math.max(result.seconds(), 1e-9);
    var test = result.test();
    double accuracy = test == null ? -1 : test.top1();
    now = new Moment(result.epoch(), result.loss(), result.accuracy(), speed, accuracy);
    epochBegan = System.nanoTime();
    samplesBefore = 0;
    if (bar != null) {
      bar.stepTo(done);
      return;
    }
    console.note(
        "epoch %s/%d: %s%s"
            .formatted(
                Figures.format("%" + Integer.toString(epochs).length() + "d", result.epoch()),
                epochs,
                text(now),
                done == steps ? "" : ", " + Figures.clock(secondsLeft(done)) + " left"));
  }

  private double secondsLeft(long done) {
    double took = (System.nanoTime() - began) * 1e-9;
    return took / Math.max(1, done - stepsBefore) * (steps - done);
  }

  /** "loss 0.0712, 97.91 % right (test 98.60 %), 21,400 images/s". */
  private static String text(Moment moment) {
    return Figures.format(
        "loss %s, %.2f %% right%s%s",
        Figures.format(moment.loss() < 1000 ? "%.4f" : "%.3g", moment.loss()),
        100 * moment.accuracy(),
        moment.test() < 0 ? "" : Figures.format(" (test %.2f %%)", 100 * moment.test()),
        moment.speed() == 0 ? "" : Figures.format(", %,.0f images/s", moment.speed()));
  }

  /** "epoch 3/12 ━━━━━─────── loss 0.0712, 97.91 % right, 21,400 images/s, 0:23 left". */
  private String render(ProgressState state, int width) {
    var moment = now;
    long done = state.getCurrent();
    String before =
        Figures.format(
            "epoch %" + Integer.toString(epochs).length() + "d/%d ", moment.epoch(), epochs);
    String behind = moment.speed() == 0 ? " starting" : " " + text(moment);
    // The first steps are slow: the JVM is still compiling them.
    if (done < steps && done > stepsBefore && System.nanoTime() - began > WARM_UP_NANOS) {
      behind += ", " + Figures.clock(secondsLeft(done)) + " left";
    }
    int room = Math.min(LONGEST_BAR, width - before.length() - behind.length());
    String line = before + (room < SHORTEST_BAR ? "" : bar(room, done)) + behind;
    // Spaces wipe out what a longer line has left.
    return line.length() > width
        ? line.substring(0, width)
        : line + " ".repeat(width - line.length());
  }

  private String bar(int room, long done) {
    int full = (int) (room * done / steps);
    return console.terminal().unicode()
        ? "━".repeat(full) + "─".repeat(room - full)
        : "#".repeat(full) + ".".repeat(room - full);
  }

  /** Leaves the bar as it is and the cursor below it. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }

  /** One line of the terminal, written again and again. */
  private final class Line implements ProgressBarConsumer {
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
}
