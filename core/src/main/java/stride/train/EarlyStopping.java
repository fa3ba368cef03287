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
   * @param patience epochs without a better one after which the training ends, at least 1
   */
  public EarlyStopping(int patience) {
    if (patience < 1) {
      throw new IllegalArgumentException("patience is 1 epoch or more, found " + patience);
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
