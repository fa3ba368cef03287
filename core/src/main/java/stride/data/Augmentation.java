package stride.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.augment.Chain;
import stride.data.augment.Mixing;
import stride.data.augment.NoAugmentation;
import stride.data.augment.Tiling;
import stride.data.augment.View;
import stride.image.Region;

/**
 * Varies the samples of a training, so that no two epochs show the same ones. The result depends on
 * the sample and a key alone, not on the thread. Thread-safe. Implementations are records, so that
 * a checkpoint can compare them.
 */
public interface Augmentation {
  /**
   * Changes one sample in place. Allocates no array.
   *
   * @param key the source of randomness: {@code CounterRandom.key(seed, epoch, sample)}; an
   *     augmentation draws {@code CounterRandom.bits(key, 0)}, {@code (key, 1)} and so on
   * @param sample the sample to change
   */
  void apply(long key, Sample sample);

  /**
   * Returns the part of a picture that the image is made of. It is asked for where the data set has
   * pictures that are larger than its images.
   *
   * @param key the key that {@link #apply} will be given
   * @param height the picture's height in pixels
   * @param width the picture's width in pixels
   * @return the part, or null to leave the choice to the data set
   */
  default @Nullable Region region(long key, int height, int width) {
    return null;
  }

  /** {@return whether {@link #region} ever returns a part} */
  default boolean crops() {
    return false;
  }

  /**
   * Returns the part of a picture that the image is made of, where objects are marked in it. It is
   * asked for before the picture becomes an image, so that nothing is resized twice.
   *
   * @param key the key that {@link #apply} will be given
   * @param view the part that the augmentations before this one have chosen
   * @param boxes the boxes that are learned from, in pixels of the picture
   * @return the part; by default {@code view}
   */
  default View view(long key, View view, List<Box> boxes) {
    return view;
  }

  /** {@return whether {@link #view} ever returns another part} */
  default boolean changesView() {
    return false;
  }

  /**
   * Returns how several pictures of a data set with boxes share one image.
   *
   * @param key the key that {@link #apply} will be given
   * @param sample the index of the sample
   * @param samples the number of samples of the data set
   * @return the pictures, or null for the sample's alone, as by default
   */
  default @Nullable Tiling tiling(long key, int sample, int samples) {
    return null;
  }

  /** {@return the most pictures that {@link #tiling} puts into an image} */
  default int mostPictures() {
    return 1;
  }

  /**
   * {@return whether {@link #apply} changes a sample's target along with its image} An example is a
   * mirror that makes a left hand a right one.
   */
  default boolean changesTargets() {
    return false;
  }

  /**
   * {@return what mixes the samples of a batch, after all other changes} Of several, one is drawn
   * for each batch.
   */
  default List<Mixing> mixings() {
    return List.of();
  }

  /** {@return an augmentation that leaves samples unchanged} */
  static Augmentation none() {
    return new NoAugmentation();
  }

  /**
   * {@return an augmentation that applies others in order}
   *
   * @param steps the augmentations to apply, the first one first
   */
  static Augmentation chain(Augmentation... steps) {
    return new Chain(List.of(steps));
  }
}
