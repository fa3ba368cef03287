package stride.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.augment.Chain;
import stride.data.augment.Mixing;
import stride.data.augment.NoAugmentation;
import stride.image.Region;

/**
 * Varies a sample while training, so that no epoch shows the same one twice. What it does is a
 * function of the sample and a key alone, whichever thread it runs on. Thread-safe. A record, so
 * that a checkpoint recognises it by its text.
 */
public interface Augmentation {
  /**
   * Changes one sample. Makes no array.
   *
   * @param key where the randomness comes from: {@code CounterRandom.key(seed, epoch, sample)}; an
   *     augmentation draws {@code CounterRandom.bits(key, 0)}, {@code (key, 1)} and so on
   */
  void apply(long key, Sample sample);

  /**
   * Which part of a picture the image is to be made of, where the data set has pictures that are
   * larger than its images.
   *
   * @param key as {@link #apply} will be given
   * @return null to leave that to the data set
   */
  default @Nullable Region region(long key, int height, int width) {
    return null;
  }

  /** Whether {@link #region} ever asks for a part. */
  default boolean crops() {
    return false;
  }

  /**
   * Whether {@link #apply} changes what samples show along with their images, such as a mirror that
   * makes a left hand a right one.
   */
  default boolean changesTargets() {
    return false;
  }

  /** What mixes the samples of a batch after all else; of several, each batch draws one. */
  default List<Mixing> mixings() {
    return List.of();
  }

  /** Leaves samples as they are. */
  static Augmentation none() {
    return new NoAugmentation();
  }

  /** One after the other. */
  static Augmentation chain(Augmentation... steps) {
    return new Chain(List.of(steps));
  }
}
