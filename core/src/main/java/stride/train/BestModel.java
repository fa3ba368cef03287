package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.network.OperationTypes;

/** Saves the model after every epoch that is {@linkplain EpochResult#isBetterThan the best}. */
public final class BestModel implements Callback {
  private final Path file;
  private final OperationTypes types;
  private @Nullable Progress progress;
  private @Nullable EpochResult best;

  /**
   * Creates a callback for a network of Stride's own layers.
   *
   * @param file the model file, overwritten after every better epoch
   */
  public BestModel(Path file) {
    this(file, OperationTypes.standard());
  }

  /**
   * Creates a callback for a network with operations of your own.
   *
   * @param file the model file, overwritten after every better epoch
   * @param types your operations with their names in files
   */
  public BestModel(Path file, OperationTypes types) {
    this.file = file;
    this.types = types;
  }

  /**
   * Starts with the best epoch so far.
   *
   * @throws IllegalArgumentException if the network has an operation that cannot be saved
   */
  @Override
  public void begin(Progress progress) {
    types.requireSavable(progress.liveModel().network());
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
      Objects.requireNonNull(progress).liveModel().save(file, types);
    }
  }
}
