package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Saves the model after every epoch that is {@linkplain EpochResult#isBetterThan the best}. */
public final class BestModel implements Callback {
  private final Path file;
  private @Nullable Progress progress;
  private @Nullable EpochResult best;

  /**
   * @param file a model file, written anew by every better epoch
   */
  public BestModel(Path file) {
    this.file = file;
  }

  @Override
  public void begin(Progress progress) {
    this.progress = progress;
    best = null;
    for (var result : progress.history()) {
      best = best == null || result.isBetterThan(best) ? result : best;
    }
  }

  @Override
  public void epoch(EpochResult result) throws IOException {
    if (best == null || result.isBetterThan(best)) {
      best = result;
      Objects.requireNonNull(progress).model().save(file);
    }
  }
}
