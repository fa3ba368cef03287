package stride.data;

import stride.tensor.Shape;

/**
 * Varies an image while training, so that no epoch shows the same one twice. What it does is a
 * function of the image and a key alone, whichever thread it runs on. Thread-safe.
 */
@FunctionalInterface
public interface Augmentation {
  /**
   * Writes a variant of one image. Makes no array.
   *
   * @param key where the randomness comes from: {@code CounterRandom.key(seed, epoch, sample)}; an
   *     augmentation draws {@code CounterRandom.bits(key, 0)}, {@code (key, 1)} and so on
   * @param shape the image's shape, (H, W, C)
   * @param from holds the image, values in [0, 1], from {@code fromOffset} on
   * @param into takes the variant from {@code intoOffset} on; it does not overlap the image
   */
  void apply(long key, Shape shape, float[] from, int fromOffset, float[] into, int intoOffset);

  /** Copies images as they are. */
  static Augmentation none() {
    return new NoAugmentation();
  }
}
