package stride.data.augment;

import java.util.List;
import stride.data.Augmentation;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Mixes the images of each batch with one of an augmentation's {@linkplain Mixing mixings}, drawn
 * for the batch. Which one and how depends on the seed, the epoch and the batch's place alone. Used
 * by one thread at a time.
 */
public final class BatchMixing {
  private final List<Mixing> mixings;
  private final Shape shape;
  private final float[] spare;

  /**
   * @param augmentation whose mixings are drawn from
   * @param shape of an image, (H, W, C)
   */
  public BatchMixing(Augmentation augmentation, Shape shape) {
    mixings = augmentation.mixings();
    this.shape = shape;
    spare = new float[mixings.isEmpty() ? 0 : shape.elements()];
  }

  /** Returns whether there is nothing to mix with. */
  public boolean isEmpty() {
    return mixings.isEmpty();
  }

  /**
   * Mixes the images of a batch in place, each with the one before it and the first with the last.
   *
   * @param first the place of the batch's first sample in the order of the epoch
   * @param images the batch, one image after the other
   * @param at where the first image begins
   * @param samples how many there are
   * @return which part of each target is its own, in [0, 1]; the rest is the one before it. 1 if
   *     there is nothing to mix with
   */
  public double mix(long seed, int epoch, int first, float[] images, int at, int samples) {
    if (isEmpty()) {
      return 1;
    }
    // No sample's index is below 0, and the order of samples takes -1.
    long key = CounterRandom.key(seed, epoch, -2L - first);
    return mixings
        .get(CounterRandom.below(CounterRandom.bits(key, 0), mixings.size()))
        .mix(CounterRandom.bits(key, 1), shape, images, at, samples, spare);
  }
}
