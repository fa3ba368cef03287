package stride.app.training;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import stride.app.run.RunFolder;
import stride.engine.Engine;
import stride.format.AtomicFiles;
import stride.format.FileException;
import stride.image.Image;
import stride.style.Painter;
import stride.train.Callback;
import stride.train.EpochResult;
import stride.train.Progress;

/** Paints the same photo after each epoch, and within long ones, into the run's folder. */
final class PaintingSamples implements Callback {
  private static final int STEPS = 500;

  private final RunFolder run;
  private final Image photo;
  private final Engine engine;
  private @Nullable Progress progress;

  PaintingSamples(RunFolder run, Image photo, Engine engine) {
    this.run = run;
    this.photo = photo;
    this.engine = engine;
  }

  @Override
  public void begin(Progress progress) throws IOException {
    this.progress = progress;
    try {
      Files.createDirectories(run.paintings());
      AtomicFiles.sweep(run.paintings());
    } catch (IOException e) {
      throw FileException.writing(run.paintings(), e);
    }
  }

  @Override
  public void step(Progress progress) throws IOException {
    if (progress.step() % STEPS == 0 && progress.step() < progress.stepsPerEpoch()) {
      paint(run.painting(progress.epoch() + 1, progress.step()));
    }
  }

  @Override
  public void epoch(EpochResult result) throws IOException {
    paint(run.painting(result.epoch(), 0));
  }

  private void paint(Path file) throws IOException {
    Painter.of(requireNonNull(progress).liveModel(), engine).paint(photo).savePng(file);
  }
}
