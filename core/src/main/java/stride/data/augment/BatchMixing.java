package stride.data.augment;

import java.util.List;
import stride.data.Augmentation;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Mixes the images of each batch with one of an augmentation's {@linkplain Mixing mixings}, drawn
 * for the batch. Which one and how depends only on the seed, the epoch and the batch's position.
 * Used by one thread at a time.
 */
public final class BatchMixing {
  private final List<Mixing> mixings;
  private final Shape shape;
  private final float[] spare;

  /**
   * Creates a mixing.
   *
   * @param augmentation the augmentation whose mixings are drawn
   * @param shape the shape of an image, (H, W, C)
   */
  public BatchMixing(Augmentation augmentation, Shape shape) {
    mixings = augmentation.mixings();
    this.shape = shape;
    spare = new float[mixings.isEmpty() ? 0 : shape.elements()];
  }

  /** {@return whether the augmentation has no mixings} */
  public boolean isEmpty() {
    return mixings.isEmpty();
  }

  /**
   * Mixes the images of a batch in place, each with the one before it and the first with the last.
   *
   * @param seed the seed of the training
   * @param epoch the epoch, from 0
   * @param first the position of the batch's first sample in the order of the epoch
   * @param images the batch, one image after the other
   * @param at where the first image begins
   * @param samples the number of images
   * @return the weight of each sample's own target, in [0, 1]; the rest is the weight of the target
   *     before it. 1 if the augmentation has no mixings
   */
  public double mix(long seed, int epoch, int first, float[] images, int at, int samples) {
    if (isEmpty()) {
      return 1;
    }
    // No sample has an index below 0; -1 is the key of the order of all samples, and those of the
    // orders of parts are far below these (Shuffle).
    long key = CounterRandom.key(seed, epoch, -2L - first);
    return mixings
        .get(CounterRandom.below(CounterRandom.bits(key, 0), mixings.size()))
        .mix(CounterRandom.bits(key, 1), shape, images, at, samples, spare);
  }
}
