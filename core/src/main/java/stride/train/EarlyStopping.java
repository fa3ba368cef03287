package stride.train;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ends a training when no epoch has been {@linkplain EpochResult#isBetterThan better} than the best
 * one for some epochs (Prechelt 1998, "Early Stopping - But When?").
 */
public final class EarlyStopping implements Callback {
  private final int patience;
  private @Nullable Progress progress;
  private @Nullable EpochResult best;

  /**
   * Creates a callback.
   *
   * @param patience the number of epochs without a better one after which the training ends, at
   *     least 1
   * @throws IllegalArgumentException if it is below 1
   */
  public EarlyStopping(int patience) {
    if (patience < 1) {
      throw new IllegalArgumentException("patience must be at least 1 epoch, was " + patience);
    }
    this.patience = patience;
  }

  @Override
  public void begin(Progress progress) {
    this.progress = progress;
    best = null;
    progress.history().forEach(this::epoch);
  }

  @Override
  public void epoch(EpochResult result) {
    if (best == null || result.isBetterThan(best)) {
      best = result;
    }
    if (result.epoch() - best.epoch() >= patience) {
      Objects.requireNonNull(progress).finish();
    }
  }
}
